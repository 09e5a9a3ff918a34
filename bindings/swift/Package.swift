// swift-tools-version: 6.0
import PackageDescription

// The native library lies in this package, one folder for each system. On Linux a program finds it beside itself, where a
// deployed one has it, and there.
#if arch(arm64)
    let library = "\(Context.packageDirectory)/lib/linux-aarch64"
#else
    let library = "\(Context.packageDirectory)/lib/linux-x86-64"
#endif

// What is written by hand compiles without a warning here. Whoever depends on the package has a compiler of their own.
let strict: [SwiftSetting] =
    Context.environment["BOOTPAY_WARNINGS_AS_ERRORS"] == nil ? [] : [.unsafeFlags(["-warnings-as-errors"])]

let package = Package(
    name: "bootpay-cancel",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "BootpayCancel", targets: ["BootpayCancel"]),
        .library(name: "BootpaySandbox", targets: ["BootpaySandbox"]),
    ],
    targets: [
        .systemLibrary(name: "BootpayFFI"),
        .target(
            name: "BootpayInternal",
            dependencies: ["BootpayFFI"],
            // Generated code: Swift 6.0 does not compile it in its own language mode.
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [
                .unsafeFlags(
                    ["-L\(library)", "-Xlinker", "-rpath=$ORIGIN", "-Xlinker", "-rpath=\(library)"],
                    .when(platforms: [.linux]))
            ]
        ),
        .target(name: "BootpayCancel", dependencies: ["BootpayInternal"], swiftSettings: strict),
        .target(name: "BootpaySandbox", dependencies: ["BootpayCancel"], swiftSettings: strict),
        .testTarget(
            name: "BootpayCancelTests", dependencies: ["BootpayCancel", "BootpaySandbox"], swiftSettings: strict),
    ]
)
