/// JSON that is being put together: parts of what was read, exactly as they were, and what is written anew.
indirect enum JSONDraft: Sendable {
  case value(Value)
  case boolean(Bool)
  /// A number's literal.
  case number([UInt8])
  case string([UInt8])
  case array([JSONDraft])
  case object(DraftObject)

  static func string(_ text: String) -> JSONDraft { .string(Array(text.utf8)) }

  /// Appends the text; of repeated names in what was read, all are written. Recursion is as deep as the draft, which its makers bound.
  func write(to output: inout [UInt8]) {
    switch self {
    case .value(let value): JSONWriter.compact.write(value, to: &output)
    case .boolean(let truth): output.append(contentsOf: (truth ? "true" : "false").utf8)
    case .number(let literal): output.append(contentsOf: literal)
    case .string(let text): JSONWriter.compact.appendString(text.span, 0..<text.count, to: &output)
    case .array(let elements):
      output.append(0x5B)
      for (position, element) in elements.enumerated() {
        if position > 0 { output.append(0x2C) }
        element.write(to: &output)
      }
      output.append(0x5D)
    case .object(let object):
      output.append(0x7B)
      for (position, member) in object.members.enumerated() {
        if position > 0 { output.append(0x2C) }
        JSONWriter.compact.appendString(member.name.span, 0..<member.name.count, to: &output)
        output.append(0x3A)
        member.value.write(to: &output)
      }
      output.append(0x7D)
    }
  }
}

/// An object of a ``JSONDraft``. Members keep their order; finding one is O(members), so only keywords are looked up, never a
/// schema's own names.
struct DraftObject: Sendable {
  var members: [(name: [UInt8], value: JSONDraft)] = []

  init() {}

  init(_ members: [(String, JSONDraft)]) {
    self.members = members.map { (Array($0.0.utf8), $0.1) }
  }

  mutating func append(_ name: [UInt8], _ value: JSONDraft) { members.append((name, value)) }

  private func position(_ name: String) -> Int? {
    members.firstIndex { $0.name.elementsEqual(name.utf8) }
  }

  func has(_ name: String) -> Bool { position(name) != nil }

  func hasAny(_ names: [String]) -> Bool { names.contains(where: has) }

  /// A member's value. Setting one replaces it where it stands, or appends it; setting `nil` removes it.
  subscript(name: String) -> JSONDraft? {
    get { position(name).map { members[$0].value } }
    set {
      switch (position(name), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((Array(name.utf8), value))
      case (nil, nil): break
      }
    }
  }
}

extension Value {
  /// The members as JSON readers keep them: a repeated name once, in its first place, with its last value. O(members).
  var distinctMembers: [(name: [UInt8], value: Value)] {
    guard kind == .object else { return [] }
    return ObjectMembers.distinct(of: index, in: tape).map {
      (tape.payload(of: $0.name), Value(tape: tape, index: $0.value))
    }
  }

  /// Whether this is a string of those bytes.
  func isString(_ text: String) -> Bool { stringBytes?.elementsEqual(text.utf8) ?? false }
}
