import ToolRewardData
import ToolReward

/// What an input may be if no line of it is a record.
enum InputHint {
  /// A hint, if the first line cannot be read for what it is; `nil` if it is a record with something missing.
  static func text(_ error: SampleError, _ text: Span<UInt8>, _ range: Range<Int>, _ file: String) -> String? {
    guard error.line == 1, range.count >= 1, error.isSyntax else { return nil }
    if range.count >= 2, text[range.lowerBound] == 0x1F, text[range.lowerBound + 1] == 0x8B {
      return "\(file) is compressed; unpack it first: zcat \(file) | toolreward … -"
    }
    if text[range.lowerBound] == 0x5B {
      return "\(file) is a JSON array, not JSON Lines; split it first: jq -c '.[]' \(file) | toolreward … -"
    }
    return "\(file) is not JSON Lines: no line of it is JSON; the first: \(error)"
  }
}
