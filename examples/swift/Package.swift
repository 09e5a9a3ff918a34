// swift-tools-version: 6.0
import PackageDescription

let bootpay = Target.Dependency.product(name: "BootpayCancel", package: "bootpay-cancel")

let package = Package(
    name: "examples",
    platforms: [.macOS(.v13)],
    // A link to bindings/swift: a package goes by its folder's name, and this one is called `swift` too.
    dependencies: [.package(path: "bootpay-cancel")],
    targets: [
        .executableTarget(name: "page", dependencies: [bootpay]),
        .executableTarget(name: "staff", dependencies: [bootpay]),
        .testTarget(
            name: "ExamplesTests",
            dependencies: [bootpay, .product(name: "BootpaySandbox", package: "bootpay-cancel"), "page", "staff"]),
    ]
)
