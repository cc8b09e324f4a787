/// Reads a type as people write it: Python's annotations, Java's and TypeScript's generics, xLAM's `, optional`.
///
///     spelling := type [ "," ("optional" | "required") ]
///     type     := term { ("|" | "/" | "or") term }
///     term     := ( name | quoted | "[" types "]" ) [ "[" types "]" | "<" types ">" | "(" types ")" ] { "[" "]" }
///
/// A bracket without a name is a union (`['string','null']`). Recursive descent, at most ``deepest`` brackets deep; O(text).
struct TypeGrammar {
  /// What a spelling says.
  struct Spelling {
    var expression: TypeExpression
    /// Whether the value may be left out, if it says so.
    var isOptional: Bool?
    /// Whether it is more than a name.
    var isComposed: Bool
  }

  /// How deep brackets may nest.
  static let deepest = 64

  private let text: [UInt8]
  private var position = 0
  private var depth = 0
  private var suffixes = 0
  private var isComposed = false
  private var isOptional: Bool?

  /// Reads a whole spelling; `nil` if it is not one, or holds a name that is no type's. Empty means every type.
  static func read(_ text: [UInt8]) -> Spelling? {
    var grammar = TypeGrammar(text)
    grammar.skipSpace()
    if grammar.position == text.count { return Spelling(expression: .any, isOptional: nil, isComposed: false) }
    guard let expression = grammar.type() else { return nil }
    if grammar.take(0x2C) {
      guard let isOptional = grammar.optionality() else { return nil }
      grammar.isOptional = isOptional
    }
    guard grammar.position == text.count else { return nil }
    return Spelling(expression: expression, isOptional: grammar.isOptional, isComposed: grammar.isComposed)
  }

  private init(_ text: [UInt8]) { self.text = text }

  // MARK: The grammar

  private mutating func type() -> TypeExpression? {
    guard let first = term() else { return nil }
    var members = [first]
    while takeUnionSign() {
      isComposed = true
      guard let next = term() else { return nil }
      members.append(next)
    }
    return Self.union(members)
  }

  private mutating func term() -> TypeExpression? {
    skipSpace()
    guard position < text.count else { return nil }
    var expression: TypeExpression
    if text[position] == 0x5B {
      isComposed = true
      guard let members = arguments(closing: 0x5D) else { return nil }
      expression = Self.union(members)
    } else {
      guard let name = name(), let meaning = TypeName.meaning(name) else { return nil }
      guard let named = applied(meaning, to: name) else { return nil }
      expression = named
    }
    while peek() == 0x5B, peek(after: 1) == 0x5D {
      // Brackets after a type nest it as brackets around it do.
      suffixes += 1
      guard suffixes <= Self.deepest else { return nil }
      isComposed = true
      _ = take(0x5B)
      _ = take(0x5D)
      expression = .list(expression)
    }
    return expression
  }

  /// A name and the types in brackets after it.
  private mutating func applied(_ meaning: TypeName.Meaning, to name: ArraySlice<UInt8>) -> TypeExpression? {
    skipSpace()
    var arguments: [TypeExpression]?
    if let opening = peek(), let closing = Self.closing[opening], !(opening == 0x5B && peek(after: 1) == 0x5D) {
      if case .any = meaning {
        // Callable[[float], float]: what it takes says nothing about JSON.
        guard skipBrackets() else { return nil }
        isComposed = true
        return .any
      }
      if opening == 0x28, takeOptionalNote() {
        arguments = nil
      } else {
        isComposed = true
        guard let read = self.arguments(closing: closing) else { return nil }
        arguments = read
      }
    }
    switch meaning {
    case .any: return .any
    case .optional:
      guard let arguments, arguments.count == 1 else { return nil }
      return Self.union([arguments[0], .basic(.null)])
    case .union:
      guard let arguments, !arguments.isEmpty else { return nil }
      return Self.union(arguments)
    case .type(.array):
      guard let arguments else { return .basic(.array) }
      if name.count == 5, name.map({ $0 | 0x20 }).elementsEqual("tuple".utf8) {
        return isOpenTuple ? arguments.first.map { .list($0) } : .tuple(arguments)
      }
      guard arguments.count <= 1 else { return nil }
      return .list(arguments.first ?? .any)
    case .type(.object):
      guard let arguments else { return .basic(.object) }
      guard arguments.count <= 2 else { return nil }
      return arguments.count == 2 ? .map(arguments[1]) : .basic(.object)
    case .type(let type):
      guard arguments == nil else { return nil }
      return .basic(type)
    }
  }

  /// Whether the arguments just read ended in `...`: a tuple of any length.
  private var isOpenTuple = false

  /// Types between brackets, the opening one being next.
  private mutating func arguments(closing: UInt8) -> [TypeExpression]? {
    guard depth < Self.deepest else { return nil }
    depth += 1
    defer { depth -= 1 }
    skipSpace()
    position += 1
    var members: [TypeExpression] = []
    var isOpen = false
    if !take(closing) {
      while true {
        skipSpace()
        if !members.isEmpty, text[position...].prefix(3).elementsEqual("...".utf8) {
          position += 3
          isOpen = true
        } else {
          guard let member = type() else { return nil }
          members.append(member)
        }
        if take(closing) { break }
        guard take(0x2C) else { return nil }
      }
    }
    isOpenTuple = isOpen
    return members
  }

  /// A union without repeated plain types; one member is itself, and any type makes it any.
  static func union(_ members: [TypeExpression]) -> TypeExpression {
    var distinct: [TypeExpression] = []
    var seen: [SchemaType] = []
    func add(_ member: TypeExpression) -> Bool {
      switch member {
      case .any: return false
      case .basic(let type):
        if seen.contains(type) { return true }
        seen.append(type)
      default: break
      }
      distinct.append(member)
      return true
    }
    for member in members {
      if case .union(let inner) = member {
        for part in inner where !add(part) { return .any }
      } else if !add(member) {
        return .any
      }
    }
    return distinct.isEmpty ? .any : distinct.count == 1 ? distinct[0] : .union(distinct)
  }

  // MARK: Tokens

  private static let closing: [UInt8: UInt8] = [0x5B: 0x5D, 0x28: 0x29, 0x3C: 0x3E]

  /// A name, perhaps quoted, without the module before its last dot.
  private mutating func name() -> ArraySlice<UInt8>? {
    skipSpace()
    guard position < text.count else { return nil }
    let quote = text[position]
    let isQuoted = quote == 0x22 || quote == 0x27
    if isQuoted { position += 1 }
    let start = position
    while position < text.count, Self.isName(text[position]) { position += 1 }
    var name = text[start..<position]
    if isQuoted {
      guard position < text.count, text[position] == quote else { return nil }
      position += 1
    }
    if let dot = name.lastIndex(of: 0x2E) { name = name[(dot + 1)...] }
    return name.isEmpty ? nil : name
  }

  /// `optional` or `required`, in whatever case.
  private mutating func optionality() -> Bool? {
    guard let word = name(), word.count <= 8 else { return nil }
    skipSpace()
    let lower = word.map { $0 | 0x20 }
    if lower.elementsEqual("optional".utf8) { return true }
    return lower.elementsEqual("required".utf8) ? false : nil
  }

  /// `(optional)` after a name.
  private mutating func takeOptionalNote() -> Bool {
    let start = position
    if take(0x28), let isOptional = optionality(), take(0x29) {
      self.isOptional = isOptional
      return true
    }
    position = start
    return false
  }

  private mutating func takeUnionSign() -> Bool {
    if take(0x7C) || take(0x2F) { return true }
    let start = position
    if let word = name(), word.elementsEqual("or".utf8) { return true }
    position = start
    return false
  }

  private mutating func skipBrackets() -> Bool {
    var open = 0
    while position < text.count {
      let byte = text[position]
      position += 1
      if Self.closing[byte] != nil { open += 1 }
      if byte == 0x5D || byte == 0x29 || byte == 0x3E { open -= 1 }
      if open == 0 {
        skipSpace()
        return true
      }
    }
    return false
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    skipSpace()
    return true
  }

  private func peek(after distance: Int = 0) -> UInt8? {
    position + distance < text.count ? text[position + distance] : nil
  }

  private mutating func skipSpace() {
    while position < text.count, Self.isSpace(text[position]) { position += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { isJSONSpace(byte) }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x3F: true
    default: false
    }
  }
}
