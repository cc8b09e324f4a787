internal import ToolReward

/// Builds JSON for people and machines: two spaces a level, an element or a member a line.
package struct JSONText {
  package private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true
  private var isLeaf = false

  package init() {}

  /// An object with a member a line.
  package mutating func object(_ body: (inout JSONText) -> Void) {
    enclose(0x7B, 0x7D, body)
  }

  /// An object on one line.
  package mutating func leaf(_ body: (inout JSONText) -> Void) {
    let wasLeaf = isLeaf
    isLeaf = true
    enclose(0x7B, 0x7D, body)
    isLeaf = wasLeaf
  }

  /// An array with an element a line.
  package mutating func list<Elements: Sequence>(
    _ elements: Elements, _ body: (inout JSONText, Elements.Element) -> Void
  ) {
    enclose(0x5B, 0x5D) { json in
      for element in elements {
        json.separate()
        body(&json, element)
      }
    }
  }

  package mutating func member(_ name: String, _ value: (inout JSONText) -> Void) {
    separate()
    VerdictWriter.append(name, to: &bytes)
    bytes += [0x3A, 0x20]
    value(&self)
  }

  package mutating func member(_ name: String, _ text: String?) {
    member(name) {
      if let text { VerdictWriter.append(text, to: &$0.bytes) } else { $0.bytes += Array("null".utf8) }
    }
  }

  package mutating func member(_ name: String, _ number: Int) {
    member(name) { VerdictWriter.append(number, to: &$0.bytes) }
  }

  package mutating func member(_ name: String, _ number: Double?) {
    member(name) { VerdictWriter.append(number, to: &$0.bytes) }
  }

  package mutating func member(_ name: String, _ truth: Bool?) {
    member(name) { $0.bytes += Array((truth.map { $0 ? "true" : "false" } ?? "null").utf8) }
  }

  /// A member that is a list of texts, on one line.
  package mutating func member(_ name: String, _ texts: [String]) {
    member(name) { json in
      json.bytes.append(0x5B)
      for (position, text) in texts.enumerated() {
        if position > 0 { json.bytes += [0x2C, 0x20] }
        VerdictWriter.append(text, to: &json.bytes)
      }
      json.bytes.append(0x5D)
    }
  }

  /// The value that is not there.
  package mutating func null() { bytes += Array("null".utf8) }

  /// A number; a value that is none is null.
  package mutating func append(_ number: Double?) { VerdictWriter.append(number, to: &bytes) }

  /// A text.
  package mutating func append(_ text: String) { VerdictWriter.append(text, to: &bytes) }

  private mutating func enclose(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONText) -> Void) {
    bytes.append(opening)
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst, !isLeaf { newLine() }
    isFirst = false
    bytes.append(closing)
  }

  private mutating func separate() {
    if !isFirst { bytes += isLeaf ? [0x2C, 0x20] : [0x2C] }
    isFirst = false
    if !isLeaf { newLine() }
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }
}
