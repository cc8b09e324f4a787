internal import ToolReward

/// A value of a template, with Python's types. Lists and dictionaries never change: the sandbox refuses what would change them.
///
/// What a value points to is in a ``ValueHeap``, so that a value is plain bits.
enum JinjaValue: BitwiseCopyable {
  /// A variable without a value; never seen by a template.
  case missing
  case undefined(UndefinedValue)
  /// `None`.
  case null
  case boolean(Bool)
  case integer(Int)
  /// An integer beyond 64 bits by its digits: it can be printed and compared, not computed with.
  case bigInteger(JinjaText)
  case float(Double)
  case string(JinjaText)
  /// A string that is marked as HTML (`safe`, `escape`): what is added to it is escaped.
  case markup(JinjaText)
  case list(JinjaList)
  case tuple(JinjaList)
  case dictionary(JinjaDictionary)
  case object(ObjectReference)

  /// A value of JSON. Containers are read when they are looked at.
  init(_ value: Value, _ heap: ValueHeap) {
    switch value.kind {
    case .null: self = .null
    case .boolean: self = .boolean(value.boolean ?? false)
    case .string: self = .string(heap.text(value.stringBytes ?? []))
    case .array: self = .list(JinjaList(value, heap))
    case .object: self = .dictionary(JinjaDictionary(value, heap))
    case .number:
      switch PythonValue(value) {
      case .integer(let integer): self = .integer(integer)
      case .bigInteger(let digits): self = .bigInteger(heap.text(digits))
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

  static func text(_ text: StaticString) -> JinjaValue { .string(JinjaText(text)) }

  /// A string's bytes; `nil` for anything else.
  var text: JinjaText? {
    @inline(__always) get {
      switch self {
      case .string(let bytes), .markup(let bytes): bytes
      default: nil
      }
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

  /// The deepest value that a variable may have, so that none takes too deep a stack to be printed.
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
  @inline(__always)
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
    case .object(let object): object.cast(to: RangeObject.self) != nil
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

/// Why a value is undefined.
final class UndefinedReason {
  let cause: UndefinedValue.Cause

  init(_ cause: UndefinedValue.Cause) { self.cause = cause }
}

/// What a variable or an attribute that is not there gives: empty when printed, an error when used.
@safe
struct UndefinedValue: BitwiseCopyable {
  enum Cause {
    case name([UInt8])
    case attribute(of: String, JinjaValue)
    /// The sandbox refuses the attribute.
    case unsafe(of: String, [UInt8])
    case message(String)
  }

  private let reason: Unmanaged<UndefinedReason>
  /// Tells the values of one reason apart.
  private let serial: UInt32

  /// - Parameter reason: Kept by a heap, as everything that a value points to.
  init(_ reason: UndefinedReason, serial: UInt32 = 0) {
    unsafe self.reason = .passUnretained(reason)
    self.serial = serial
  }

  var cause: Cause { unsafe reason.takeUnretainedValue().cause }

  static func === (a: UndefinedValue, b: UndefinedValue) -> Bool {
    unsafe a.reason.toOpaque() == b.reason.toOpaque() && a.serial == b.serial
  }

  var message: String {
    switch cause {
    case .name(let name): "'\(String(decoding: name, as: UTF8.self))' is undefined"
    case .attribute(let type, .string(let name)), .attribute(let type, .markup(let name)):
      "'\(type) object' has no attribute '\(name.message)'"
    case .attribute(let type, let key): "\(type) object has no element \(PythonPrinting.shortText(key))"
    case .unsafe(let type, let name):
      "access to attribute '\(String(decoding: name, as: UTF8.self))' of '\(type)' object is unsafe"
    case .message(let text): text
    }
  }
}
