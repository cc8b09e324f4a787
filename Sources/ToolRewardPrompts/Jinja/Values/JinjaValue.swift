internal import ToolReward

/// A value of a template, with Python's types. Lists and dictionaries never change: the sandbox refuses what would change them.
///
/// Strings are UTF-8; a lone surrogate, which only an escape in a template can make, has three bytes.
enum JinjaValue {
  /// A variable without a value; never seen by a template.
  case missing
  case undefined(UndefinedValue)
  /// `None`.
  case null
  case boolean(Bool)
  case integer(Int)
  /// An integer beyond 64 bits by its digits: it can be printed and compared, not computed with.
  case bigInteger([UInt8])
  case float(Double)
  case string([UInt8])
  /// A string that is marked as HTML (`safe`, `escape`): what is added to it is escaped.
  case markup([UInt8])
  case list(JinjaList)
  case tuple(JinjaList)
  case dictionary(JinjaDictionary)
  case object(JinjaObject)

  /// A value of JSON. Containers are read when they are looked at.
  init(_ value: Value) {
    switch value.kind {
    case .null: self = .null
    case .boolean: self = .boolean(value.boolean ?? false)
    case .string: self = .string(value.stringBytes ?? [])
    case .array: self = .list(JinjaList(value))
    case .object: self = .dictionary(JinjaDictionary(value))
    case .number:
      switch PythonValue(value) {
      case .integer(let integer): self = .integer(integer)
      case .bigInteger(let digits): self = .bigInteger(digits)
      case .float(let double): self = .float(double)
      default: self = .null
      }
    }
  }

  /// Reads all of a value of JSON at once. Recursion is bounded by the depth that values are read with.
  func freeze() {
    switch self {
    case .list(let list), .tuple(let list): list.freeze()
    case .dictionary(let dictionary): dictionary.freeze()
    default: break
    }
  }

  static func text(_ text: String) -> JinjaValue { .string(Array(text.utf8)) }

  /// A string's bytes; `nil` for anything else.
  var text: [UInt8]? {
    switch self {
    case .string(let bytes), .markup(let bytes): bytes
    default: nil
    }
  }

  /// The number that Python's arithmetic sees: a truth value is 0 or 1.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .boolean(let truth): truth ? 1 : 0
    default: nil
    }
  }

  /// How deep lists, dictionaries and iterators are nested in it; those of JSON count for one.
  var depth: Int {
    switch self {
    case .list(let list), .tuple(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    case .object(let object): object.depth
    default: 0
    }
  }

  /// The deepest value that a variable may have, so that none takes too deep a stack to be printed or given up.
  static let maximalDepth = 1_000

  func checkDepth() throws(TemplateFailure) {
    if depth > Self.maximalDepth {
      throw TemplateFailure(.limit, "a value nested deeper than \(Self.maximalDepth) levels")
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }

  var isMarkup: Bool {
    if case .markup = self { return true }
    return false
  }

  /// `bool(value)`.
  func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool {
    switch self {
    case .missing, .undefined, .null: return false
    case .boolean(let truth): return truth
    case .integer(let value): return value != 0
    case .bigInteger: return true
    case .float(let value): return value != 0
    case .string(let text), .markup(let text): return !text.isEmpty
    case .list(let list), .tuple(let list): return list.count > 0
    case .dictionary(let dictionary): return dictionary.count > 0
    case .object(let object): return try object.length(&state).map { $0 > 0 } ?? true
    }
  }

  /// Whether Jinja can write the value into the code that it makes of a template (compiler.py, `has_safe_repr`).
  /// Recursion is bounded by the depth that values are made with.
  var hasSafeRepr: Bool {
    switch self {
    case .missing, .undefined: false
    case .object(let object): object is RangeObject
    case .list(let list), .tuple(let list): list.elements.allSatisfy(\.hasSafeRepr)
    case .dictionary(let dictionary):
      dictionary.keys.allSatisfy(\.hasSafeRepr) && dictionary.values.allSatisfy(\.hasSafeRepr)
    default: true
    }
  }

  /// `type(value).__name__`.
  var typeName: String {
    switch self {
    case .missing, .undefined: "Undefined"
    case .null: "NoneType"
    case .boolean: "bool"
    case .integer, .bigInteger: "int"
    case .float: "float"
    case .string: "str"
    case .markup: "Markup"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .object(let object): object.typeName
    }
  }
}

/// What a variable or an attribute that is not there gives: empty when printed, an error when used.
final class UndefinedValue {
  enum Cause {
    case name([UInt8])
    case attribute(of: String, JinjaValue)
    /// The sandbox refuses the attribute.
    case unsafe(of: String, [UInt8])
    case message(String)
  }

  let cause: Cause

  init(_ cause: Cause) { self.cause = cause }

  var message: String {
    switch cause {
    case .name(let name): "'\(String(decoding: name, as: UTF8.self))' is undefined"
    case .attribute(let type, .string(let name)), .attribute(let type, .markup(let name)):
      "'\(type) object' has no attribute '\(String(decoding: name, as: UTF8.self))'"
    case .attribute(let type, let key): "\(type) object has no element \(PythonPrinting.shortText(key))"
    case .unsafe(let type, let name):
      "access to attribute '\(String(decoding: name, as: UTF8.self))' of '\(type)' object is unsafe"
    case .message(let text): text
    }
  }
}

/// A list's or tuple's elements, read from JSON when they are first looked at.
final class JinjaList {
  /// The JSON it is, if it is.
  let source: Value?
  private var stored: [JinjaValue]?
  let depth: Int

  init(_ elements: [JinjaValue]) {
    stored = elements
    var depth = 0
    for element in elements { depth = max(depth, element.depth) }
    self.depth = depth + 1
    source = nil
  }

  init(_ value: Value) {
    source = value
    depth = 1
  }

  var count: Int { source?.count ?? stored?.count ?? 0 }

  /// Reads everything, so that nothing is written from then on and threads can share it.
  func freeze() { for element in elements { element.freeze() } }

  var elements: [JinjaValue] {
    if let stored { return stored }
    let elements = (source?.elements ?? []).map { JinjaValue($0) }
    stored = elements
    return elements
  }
}

/// A dictionary in the order of its keys, read from JSON when it is first looked at.
final class JinjaDictionary {
  /// The JSON it is, if it is.
  let source: Value?
  private var storedKeys: [JinjaValue] = []
  private var storedValues: [JinjaValue] = []
  /// A mark of each key's text, so that few keys are compared as a whole.
  private var marks: [UInt64] = []
  private var isRead: Bool
  private var index: [JinjaKey: Int]?
  private(set) var depth = 1
  /// Fewer keys are searched one by one.
  private static let indexedFrom = 12

  init(_ value: Value) {
    source = value
    isRead = false
  }

  /// Of pairs with one key the last value counts, in the first one's place.
  init(_ pairs: [(key: JinjaValue, value: JinjaValue)]) throws(TemplateFailure) {
    source = nil
    isRead = true
    var places: [JinjaKey: Int] = [:]
    for (key, value) in pairs {
      let identity = try JinjaKey(key)
      if let place = places[identity] {
        storedValues[place] = value
      } else {
        places[identity] = storedKeys.count
        storedKeys.append(key)
        storedValues.append(value)
        marks.append(key.text.map(Self.mark) ?? .max)
      }
      depth = max(depth, 1 + max(key.depth, value.depth))
    }
    if storedKeys.count >= Self.indexedFrom { index = places }
  }

  private func read() {
    isRead = true
    guard let source else { return }
    var members = source.members
    if source.hasDuplicateNames {
      var places: [[UInt8]: Int] = [:]
      var distinct: [(name: [UInt8], value: Value)] = []
      for member in members {
        if let place = places[member.name] {
          distinct[place].value = member.value
        } else {
          places[member.name] = distinct.count
          distinct.append(member)
        }
      }
      members = distinct
    }
    storedKeys.reserveCapacity(members.count)
    storedValues.reserveCapacity(members.count)
    for member in members {
      marks.append(Self.mark(member.name))
      storedKeys.append(.string(member.name))
      storedValues.append(JinjaValue(member.value))
    }
  }

  var count: Int { keys.count }

  var keys: [JinjaValue] {
    if !isRead { read() }
    return storedKeys
  }

  var values: [JinjaValue] {
    if !isRead { read() }
    return storedValues
  }

  /// The value of a string key.
  func value(_ name: [UInt8]) -> JinjaValue? {
    if !isRead { read() }
    if storedKeys.count >= Self.indexedFrom { return place(.string(name)).map { storedValues[$0] } }
    return value(name, mark: Self.mark(name))
  }

  /// A number by which most texts differ.
  static func mark(_ text: [UInt8]) -> UInt64 {
    guard let first = text.first, let last = text.last else { return 0 }
    return UInt64(truncatingIfNeeded: text.count) << 24 | UInt64(first) << 16 | UInt64(last) << 8
      | UInt64(text[text.count / 2])
  }

  /// The value of a string key whose mark is known.
  func value(_ name: [UInt8], mark: UInt64) -> JinjaValue? {
    if !isRead { read() }
    for position in marks.indices where marks[position] == mark {
      switch storedKeys[position] {
      case .string(let key), .markup(let key): if key == name { return storedValues[position] }
      default: break
      }
    }
    return nil
  }

  /// Reads everything, so that nothing is written from then on and threads can share it.
  func freeze() {
    if !isRead { read() }
    if storedKeys.count >= Self.indexedFrom { _ = place(.null) }
    for value in storedValues { value.freeze() }
  }

  /// The value of a key.
  func value(_ key: JinjaValue) throws(TemplateFailure) -> JinjaValue? {
    if let name = key.text { return value(name) }
    let identity = try JinjaKey(key)
    if !isRead { read() }
    return place(identity).map { storedValues[$0] }
  }

  private func place(_ key: JinjaKey) -> Int? {
    if index == nil {
      var places: [JinjaKey: Int] = [:]
      for (position, key) in storedKeys.enumerated() {
        if let identity = try? JinjaKey(key) { places[identity] = position }
      }
      index = places
    }
    return index?[key]
  }
}

/// What makes a key: `1`, `1.0` and `True` are one (Python's `hash` and `==`).
enum JinjaKey: Hashable {
  case null
  case string([UInt8])
  case integer(Int)
  case big([UInt8])
  case float(UInt64)
  case tuple([JinjaKey])
  case object(ObjectIdentifier)

  init(_ value: JinjaValue) throws(TemplateFailure) {
    switch value {
    case .null: self = .null
    case .string(let text), .markup(let text): self = .string(text)
    case .boolean(let truth): self = .integer(truth ? 1 : 0)
    case .integer(let integer): self = .integer(integer)
    case .bigInteger(let digits): self = .big(digits)
    case .float(let double):
      if let integer = Int(exactly: double) { self = .integer(integer) } else { self = .float(double.bitPattern) }
    case .tuple(let list):
      var parts: [JinjaKey] = []
      for element in list.elements { parts.append(try JinjaKey(element)) }
      self = .tuple(parts)
    // Every undefined value is equal to every other.
    case .missing, .undefined: self = .tuple([.null, .null, .string(Array("undefined".utf8))])
    // Views of keys and of items are sets, which have no hash; those of values have one.
    case .object(let view as DictionaryView) where view.part != .values:
      throw TemplateFailure(.type, "unhashable type: '\(value.typeName)'")
    case .object(let object): self = .object(ObjectIdentifier(object))
    case .list, .dictionary: throw TemplateFailure(.type, "unhashable type: '\(value.typeName)'")
    }
  }
}
