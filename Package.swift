// swift-tools-version: 6.3
import PackageDescription

/// Warnings stop the build in CI only: a dependent's Xcode adds `-suppress-warnings`, which conflicts with an unconditional
/// "warnings as errors" here.
let checked = Context.environment["CI"] != nil

let callerSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
  ] + (checked ? [.treatAllWarnings(as: .error), .treatWarning("ExplicitSendable", as: .error)] : [])

let settings = [.strictMemorySafety()] + callerSettings

let package = Package(
  name: "toolreward",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ToolReward", targets: ["ToolReward"]),
    .library(name: "ToolRewardPrompts", targets: ["ToolRewardPrompts"]),
    .library(name: "ToolRewardSuites", targets: ["ToolRewardSuites"]),
    .library(name: "ToolRewardTesting", targets: ["ToolRewardTesting"]),
    .library(name: "ToolRewardTraining", targets: ["ToolRewardTraining"]),
    .library(name: "ToolRewardC", type: .dynamic, targets: ["ToolRewardC"]),
    .executable(name: "toolreward", targets: ["ToolRewardCommand"]),
  ],
  traits: [
    .trait(name: "Endpoint", description: "Ask OpenAI-compatible servers for the completions of prompt suites."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Neither fetched nor built without the trait Endpoint.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CYajl",
      pkgConfig: "yajl",
      providers: [.apt(["libyajl-dev"]), .brew(["yajl"])]
    ),
    .target(name: "ToolReward", dependencies: ["CYajl"], swiftSettings: settings),
    .target(name: "ToolRewardLines", dependencies: ["ToolReward"], swiftSettings: settings),
    .target(name: "ToolRewardReport", dependencies: ["ToolReward"], swiftSettings: settings),
    .target(name: "ToolRewardPrompts", dependencies: ["ToolReward", "ToolRewardLines"], swiftSettings: settings),
    .target(
      name: "ToolRewardData", dependencies: ["ToolReward", "ToolRewardLines", "ToolRewardPrompts", "ToolRewardReport"],
      swiftSettings: settings),
    .target(
      name: "ToolRewardTraining",
      dependencies: ["ToolReward", "ToolRewardData", "ToolRewardLines", "ToolRewardReport"], swiftSettings: settings),
    .target(
      name: "ToolRewardBenchmarks",
      dependencies: ["ToolReward", "ToolRewardData", "ToolRewardLines", "ToolRewardReport"],
      swiftSettings: settings),
    .target(
      name: "ToolRewardSuites",
      dependencies: [
        "ToolReward", "ToolRewardLines", "ToolRewardPrompts", "ToolRewardReport",
        .product(name: "Yams", package: "Yams"),
        .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Endpoint"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Endpoint"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Endpoint"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Endpoint"])),
      ],
      swiftSettings: settings),
    .target(
      name: "ToolRewardTesting", dependencies: ["ToolReward", "ToolRewardPrompts", "ToolRewardSuites"],
      swiftSettings: settings),
    .systemLibrary(name: "ToolRewardHeader", path: "Sources/ToolRewardC/Header"),
    .target(
      name: "ToolRewardC", dependencies: ["ToolReward", "ToolRewardBenchmarks", "ToolRewardData", "ToolRewardHeader"],
      exclude: ["Header", "Example", "Python"], swiftSettings: settings),
    .executableTarget(
      name: "ToolRewardCommand",
      dependencies: [
        "ToolReward",
        "ToolRewardBenchmarks",
        "ToolRewardData",
        "ToolRewardLines",
        "ToolRewardPrompts",
        "ToolRewardReport",
        "ToolRewardSuites",
        "ToolRewardTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),
    .testTarget(name: "ToolRewardTests", dependencies: ["ToolReward"], swiftSettings: settings),
    .testTarget(
      name: "ToolRewardLinesTests", dependencies: ["ToolReward", "ToolRewardLines"], swiftSettings: settings),
    .testTarget(
      name: "ToolRewardDataTests",
      dependencies: ["ToolReward", "ToolRewardData", "ToolRewardLines", "ToolRewardPrompts"],
      swiftSettings: settings),
    .testTarget(
      name: "ToolRewardBenchmarksTests", dependencies: ["ToolReward", "ToolRewardBenchmarks", "ToolRewardReport"],
      swiftSettings: settings),
    .testTarget(
      name: "ToolRewardPromptsTests", dependencies: ["ToolReward", "ToolRewardPrompts"], swiftSettings: settings),
    .testTarget(
      name: "ToolRewardSuitesTests",
      dependencies: ["ToolReward", "ToolRewardPrompts", "ToolRewardReport", "ToolRewardSuites"], swiftSettings: settings
    ),
    .testTarget(
      name: "ToolRewardTrainingTests", dependencies: ["ToolReward", "ToolRewardTraining"], swiftSettings: settings),
    .testTarget(name: "ToolRewardCommandTests", dependencies: ["ToolRewardCommand"], swiftSettings: settings),
    .testTarget(
      name: "ToolRewardCTests",
      dependencies: ["ToolReward", "ToolRewardC", "ToolRewardCommand", "ToolRewardData", "ToolRewardHeader"],
      exclude: ["Scripts"],
      // It calls a C interface with pointers, as C does: every line would be marked unsafe.
      swiftSettings: callerSettings),
    .testTarget(
      name: "Conformance",
      dependencies: [
        "ToolReward", "ToolRewardBenchmarks", "ToolRewardPrompts", "ToolRewardTraining",
      ],
      exclude: ["Scripts"],
      swiftSettings: settings
    ),
  ],
  swiftLanguageModes: [.v6]
)

// FUZZING=1: libFuzzer targets, which have a `main` of the fuzzer's and cannot be built without it. See Docs/Checks.md.
if Context.environment["FUZZING"] != nil {
  for name in ["FuzzValue", "FuzzParser", "FuzzScore", "FuzzSchema"] {
    package.targets.append(
      .executableTarget(name: name, dependencies: ["ToolReward"], path: "Tests/Fuzz/\(name)", swiftSettings: settings))
  }
  for (name, modules) in [
    "FuzzImport": ["ToolRewardData", "ToolRewardLines"], "FuzzSuite": ["ToolRewardPrompts", "ToolRewardSuites"],
    "FuzzTemplate": ["ToolRewardPrompts"],
  ] {
    package.targets.append(
      .executableTarget(
        name: name, dependencies: ["ToolReward"] + modules.map { .byName(name: $0) }, path: "Tests/Fuzz/\(name)",
        swiftSettings: settings))
  }
}

// BENCHMARKS=1: the loops of Tests/Benchmark/benchmark.py.
if Context.environment["BENCHMARKS"] != nil {
  for name in ["InMemory", "SchemaLoop", "Formats"] {
    package.targets.append(
      .executableTarget(
        name: name, dependencies: ["ToolReward"], path: "Tests/Benchmark/\(name)", swiftSettings: settings))
  }
  package.targets.append(
    .executableTarget(
      name: "BFCLLoop", dependencies: ["ToolReward", "ToolRewardBenchmarks", "ToolRewardLines"],
      path: "Tests/Benchmark/BFCLLoop", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "TemplateLoop", dependencies: ["ToolReward", "ToolRewardLines", "ToolRewardPrompts"],
      path: "Tests/Benchmark/TemplateLoop", swiftSettings: settings))
}
