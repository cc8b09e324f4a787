/// Which version of the Berkeley Function Calling Leaderboard's package decodes a text.
public enum BFCLVersion: Sendable, Hashable {
  /// `bfcl-eval` 2025.7.9: brackets and quotes around the text do not count.
  case v3
  /// `bfcl-eval` 2026.3.23: white space, then quotes around the text do not count.
  case v4
}
