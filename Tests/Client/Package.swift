// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
]

// A separate package that sees of ToolReward what any user sees: the public products, by path.
let package = Package(
  name: "client",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "toolreward", path: "../..")],
  targets: [
    .executableTarget(
      name: "Client",
      dependencies: [.product(name: "ToolReward", package: "toolreward")],
      swiftSettings: settings),
    .testTarget(
      name: "ClientTests",
      dependencies: [
        .product(name: "ToolReward", package: "toolreward"), .product(name: "ToolRewardPrompts", package: "toolreward"),
        .product(name: "ToolRewardSuites", package: "toolreward"),
        .product(name: "ToolRewardTesting", package: "toolreward"),
      ],
      exclude: ["__Snapshots__"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
