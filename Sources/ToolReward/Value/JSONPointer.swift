/// The syntax of JSON Pointers (RFC 6901), for values, schemas and messages alike.
enum JSONPointer {
  /// Appends a reference token, `~` and `/` escaped (§3).
  static func append(_ token: some Sequence<UInt8>, to pointer: inout [UInt8]) {
    pointer.append(0x2F)
    for byte in token {
      switch byte {
      case 0x7E:
        pointer.append(0x7E)
        pointer.append(0x30)
      case 0x2F:
        pointer.append(0x7E)
        pointer.append(0x31)
      default: pointer.append(byte)
      }
    }
  }

  /// The reference tokens of a pointer, unescaped; `nil` if it is malformed. The empty pointer has none.
  static func tokens(of pointer: some Collection<UInt8>) -> [[UInt8]]? {
    let parts = pointer.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard parts.first?.isEmpty ?? true else { return nil }
    var tokens: [[UInt8]] = []
    for part in parts.dropFirst() {
      var token: [UInt8] = []
      var isEscape = false
      for byte in part {
        if isEscape {
          guard byte == 0x30 || byte == 0x31 else { return nil }
          token.append(byte == 0x30 ? 0x7E : 0x2F)
          isEscape = false
        } else if byte == 0x7E {
          isEscape = true
        } else {
          token.append(byte)
        }
      }
      guard !isEscape else { return nil }
      tokens.append(token)
    }
    return tokens
  }

  /// The element that a token names: digits without a leading zero (§4).
  static func position(_ token: [UInt8]) -> Int? {
    guard token.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), token.count == 1 || token.first != 0x30 else { return nil }
    return Int(String(decoding: token, as: UTF8.self))
  }
}

extension Value {
  /// The value a JSON Pointer names (RFC 6901), this one being the root; `nil` if there is none or the pointer is malformed. Of a repeated
  /// name the last member counts. O(pointer and what it passes).
  public func at(pointer: String) -> Value? {
    guard let tokens = JSONPointer.tokens(of: pointer.utf8) else { return nil }
    var value = self
    for token in tokens {
      guard let next = value.child(token) else { return nil }
      value = next
    }
    return value
  }

  /// The member or element that a reference token names.
  func child(_ token: [UInt8]) -> Value? {
    switch kind {
    case .object: tape.member(token, of: index).map { Value(tape: tape, index: $0) }
    case .array: JSONPointer.position(token).flatMap { self[$0] }
    default: nil
    }
  }
}

extension ValueTape {
  /// The JSON Pointer from one node to another inside it. O(nodes passed).
  func pointer(to index: Int, from root: Int) -> [UInt8] {
    var path: [UInt8] = []
    var container = root
    while container != index, kind(of: container) == .object || kind(of: container) == .array {
      let isObject = kind(of: container) == .object
      let end = after(container)
      var child = container + 1
      var position = 0
      var next: Int?
      while child < end, next == nil {
        let value = isObject ? child + 1 : child
        let after = after(value)
        if index < after {
          JSONPointer.append(isObject ? payload(of: child) : Array(String(position).utf8), to: &path)
          next = value
        }
        child = after
        position += 1
      }
      guard let next else { return path }
      container = next
    }
    return path
  }
}
