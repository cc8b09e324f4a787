import ToolReward

/// Builds JSON for people and machines: two spaces a level, one member a line.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true

  /// Writes an object, whose members the body adds.
  mutating func object(_ body: (inout JSONText) -> Void) {
    bytes.append(0x7B)
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst { newLine() }
    isFirst = false
    bytes.append(0x7D)
  }

  /// Adds a member whose value the body writes.
  mutating func member(_ name: String, _ value: (inout JSONText) -> Void) {
    if !isFirst { bytes.append(0x2C) }
    newLine()
    VerdictWriter.append(name, to: &bytes)
    bytes.append(contentsOf: [0x3A, 0x20])
    isFirst = true
    value(&self)
    isFirst = false
  }

  mutating func member(_ name: String, _ text: String) { member(name) { VerdictWriter.append(text, to: &$0.bytes) } }
  mutating func member(_ name: String, _ number: Int) { member(name) { VerdictWriter.append(number, to: &$0.bytes) } }
  mutating func member(_ name: String, _ number: Double?) {
    member(name) { VerdictWriter.append(number, to: &$0.bytes) }
  }

  mutating func member(_ name: String, _ texts: [String]) {
    member(name) {
      $0.bytes.append(0x5B)
      for (position, text) in texts.enumerated() {
        if position > 0 { $0.bytes.append(contentsOf: [0x2C, 0x20]) }
        VerdictWriter.append(text, to: &$0.bytes)
      }
      $0.bytes.append(0x5D)
    }
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }
}
