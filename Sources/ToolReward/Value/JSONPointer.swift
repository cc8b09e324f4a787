extension Value {
  /// The value a JSON Pointer names (RFC 6901), this one being the root; `nil` if there is none or the pointer is malformed. Of a repeated
  /// name the last member counts. O(pointer and what it passes).
  public func at(pointer: String) -> Value? {
    var value = self
    let tokens = pointer.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard tokens.first?.isEmpty ?? true else { return nil }
    for token in tokens.dropFirst() {
      var name: [UInt8] = []
      var isEscape = false
      for byte in token {
        if isEscape {
          guard byte == 0x30 || byte == 0x31 else { return nil }
          name.append(byte == 0x30 ? 0x7E : 0x2F)
          isEscape = false
        } else if byte == 0x7E {
          isEscape = true
        } else {
          name.append(byte)
        }
      }
      guard !isEscape else { return nil }
      switch value.kind {
      case .object:
        guard let member = value.tape.member(name, of: value.index) else { return nil }
        value = Value(tape: value.tape, index: member)
      case .array:
        let isIndex =
          !name.isEmpty && name.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && (name.count == 1 || name[0] != 0x30)
        guard isIndex, let position = Int(String(decoding: name, as: UTF8.self)), let element = value[position] else {
          return nil
        }
        value = element
      default: return nil
      }
    }
    return value
  }
}
