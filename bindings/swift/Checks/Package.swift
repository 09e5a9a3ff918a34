// swift-tools-version: 6.0
import PackageDescription

// Programs that check the package from outside and that its users do not get.
let package = Package(
    name: "checks",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "bootpay-cancel", path: "..")],
    targets: [
        // What every language runs, so that all can be compared: see tests/vectors/README.md.
        .executableTarget(
            name: "Conformance", dependencies: [.product(name: "BootpayCancel", package: "bootpay-cancel")]),
        // Programs that end right after a call, or while one is under way.
        .executableTarget(
            name: "Ending", dependencies: [.product(name: "BootpayCancel", package: "bootpay-cancel")]),
    ]
)
