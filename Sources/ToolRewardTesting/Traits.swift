public import Testing
public import ToolRewardSuites

/// The least reward that ``expectReward(_:_:reward:format:view:atLeast:prompt:sourceLocation:)`` is content with, for a test or a suite.
///
/// ```swift
/// @Suite(.rewardThreshold(0.5)) struct GradedRewards { … }
/// ```
public struct RewardThreshold: TestTrait, SuiteTrait, TestScoping {
  @TaskLocal static var current = 1.0

  let threshold: Double
  /// It holds for the tests within a suite.
  public let isRecursive = true

  /// Runs a test with the threshold in force.
  @concurrent public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await Self.$current.withValue(threshold) { try await function() }
  }
}

/// What becomes of recorded prompts in a test or a suite.
public struct SnapshotRecording: TestTrait, SuiteTrait, TestScoping {
  @TaskLocal static var current = SnapshotStore.Mode.missing

  let mode: SnapshotStore.Mode
  /// It holds for the tests within a suite.
  public let isRecursive = true

  /// Runs a test with the mode in force.
  @concurrent public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await Self.$current.withValue(mode) { try await function() }
  }
}

extension Trait where Self == RewardThreshold {
  /// The least reward that tests expect; 1 without this trait.
  public static func rewardThreshold(_ threshold: Double) -> Self { RewardThreshold(threshold: threshold) }
}

extension Trait where Self == SnapshotRecording {
  /// What is recorded; without this trait what is missing.
  public static func snapshots(record mode: SnapshotStore.Mode) -> Self { SnapshotRecording(mode: mode) }
}
