// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "bench",
    platforms: [.macOS(.v13)],
    // A link to bindings/swift: a package goes by its folder's name, and this one is called `swift` too.
    dependencies: [.package(path: "bootpay-cancel")],
    targets: [
        .executableTarget(
            name: "Bench", dependencies: [.product(name: "BootpayCancel", package: "bootpay-cancel")])
    ]
)
