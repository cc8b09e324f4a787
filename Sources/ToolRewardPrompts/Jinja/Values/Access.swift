/// `object.name` and `object[key]` as the sandbox gives them.
enum Access {
  /// `environment.getattr(object, name)`: an attribute first, then an item.
  static func attribute(
    _ object: JinjaValue, _ name: [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch object {
    case .dictionary(let dictionary):
      if let member = try ownAttribute(object, name, &state) { return member }
      if let value = dictionary.value(name) { return value }
    case .undefined(let value):
      // Undefined values have Python's own attributes, and raise for any other.
      if isInternal(object, name) { return .undefined(UndefinedValue(.unsafe(of: "Undefined", name))) }
      throw TemplateFailure.undefined(value)
    default:
      if let member = try ownAttribute(object, name, &state) { return member }
      if case .object(let object) = object, let value = try object.item(.string(name), &state) { return value }
    }
    return .undefined(UndefinedValue(.attribute(of: object.typeName, .string(name))))
  }

  /// `environment.getitem(object, key)`: an item first, then an attribute.
  static func item(
    _ object: JinjaValue, _ key: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch object {
    case .dictionary(let dictionary):
      if let name = key.text {
        if let value = dictionary.value(name) { return value }
      } else if case .list = key {
      } else if case .dictionary = key {
      } else if let value = try dictionary.value(key) {
        return value
      }
    case .list(let list), .tuple(let list):
      if let position = key.integer {
        let count = list.count
        let place = position < 0 ? position &+ count : position
        if place >= 0, place < count { return list.elements[place] }
      }
    case .string(let text), .markup(let text):
      if let position = key.integer, let character = Slicing.character(text, position) {
        return object.isMarkup ? .markup(character) : .string(character)
      }
    case .undefined(let value): throw TemplateFailure.undefined(value)
    case .object(let object): if let value = try object.item(key, &state) { return value }
    default: break
    }
    if let name = key.text, let member = try ownAttribute(object, name, &state) { return member }
    return .undefined(UndefinedValue(.attribute(of: object.typeName, key)))
  }

  /// What Python's `getattr` finds on the object itself; an undefined value that raises when used where the sandbox refuses it.
  static func ownAttribute(
    _ object: JinjaValue, _ name: [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue? {
    if name.first == 0x5F {
      return isInternal(object, name) ? .undefined(UndefinedValue(.unsafe(of: object.typeName, name))) : nil
    }
    switch object {
    case .dictionary(let dictionary): return dictionaryMethod(dictionary, name)
    case .list(let list): return listMethod(object, list, name, isList: true)
    case .tuple(let list): return listMethod(object, list, name, isList: false)
    case .string(let text): return StringMethods.method(text, isMarkup: false, name)
    case .markup(let text): return StringMethods.method(text, isMarkup: true, name)
    case .integer, .boolean, .bigInteger: return integerAttribute(object, name)
    case .float(let double): return floatAttribute(double, name)
    case .object(let object): return try object.attribute(name, &state)
    case .null, .missing, .undefined: return nil
    }
  }

  /// Whether Python's object has that attribute, which the sandbox then hides.
  private static func isInternal(_ object: JinjaValue, _ name: [UInt8]) -> Bool {
    guard name.starts(with: [0x5F, 0x5F]), name.count > 4, name[(name.count - 2)...].elementsEqual([0x5F, 0x5F]) else {
      return false
    }
    let word = String(decoding: name[2..<(name.count - 2)], as: UTF8.self)
    if common.contains(word) { return true }
    switch object {
    case .null, .missing, .undefined: return word == "bool"
    case .integer, .boolean, .bigInteger, .float: return numeric.contains(word)
    case .object: return ["iter", "next", "call", "name", "qualname", "self", "module", "dict"].contains(word)
    default: return containers.contains(word)
    }
  }

  private static let common: Set<String> = [
    "class", "delattr", "dir", "doc", "eq", "format", "ge", "getattribute", "getstate", "gt", "hash", "init",
    "init_subclass", "le",
    "lt", "ne", "new", "reduce", "reduce_ex", "repr", "setattr", "sizeof", "str", "subclasshook",
  ]
  private static let numeric: Set<String> = [
    "abs", "add", "bool", "divmod", "float", "floordiv", "getnewargs", "int", "mod", "mul", "neg", "pos", "pow", "radd",
    "rdivmod",
    "rfloordiv", "rmod", "rmul", "round", "rpow", "rsub", "rtruediv", "sub", "truediv", "trunc", "ceil", "floor",
  ]
  private static let containers: Set<String> = [
    "add", "contains", "getitem", "iter", "len", "mul", "rmul", "reversed", "getnewargs",
  ]

  private static func unsafe(_ type: String, _ name: [UInt8]) -> JinjaValue {
    .undefined(UndefinedValue(.unsafe(of: type, name)))
  }

  private static func dictionaryMethod(_ dictionary: JinjaDictionary, _ name: [UInt8]) -> JinjaValue? {
    guard (3...10).contains(name.count) else { return nil }
    switch name {
    case names.get:
      return .object(
        FunctionObject("get") { (arguments, _) throws(TemplateFailure) in
          if !arguments.named.isEmpty { throw TemplateFailure(.type, "dict.get() takes no keyword arguments") }
          let values = try arguments.bound("get", ["key", "default"], required: 1)
          return try dictionary.value(values[0] ?? .null) ?? values[1] ?? .null
        })
    case names.keys: return view(dictionary, .keys)
    case names.values: return view(dictionary, .values)
    case names.items: return view(dictionary, .items)
    case names.copy:
      return .object(
        FunctionObject("copy") { (arguments, _) throws(TemplateFailure) in
          _ = try arguments.bound("copy", [])
          return .dictionary(dictionary)
        })
    case names.clear, names.pop, names.popitem, names.setdefault, names.update: return unsafe("dict", name)
    case names.fromkeys: return unsafe("dict", name)
    default: return nil
    }
  }

  private static func view(_ dictionary: JinjaDictionary, _ part: DictionaryView.Part) -> JinjaValue {
    .object(
      FunctionObject(part.rawValue) { (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound(part.rawValue, [])
        return .object(DictionaryView(dictionary, part))
      })
  }

  private static func listMethod(_ value: JinjaValue, _ list: JinjaList, _ name: [UInt8], isList: Bool) -> JinjaValue? {
    switch name {
    case names.count:
      return .object(
        FunctionObject("count") { (arguments, state) throws(TemplateFailure) in
          let wanted = try arguments.bound("count", ["value"], required: 1)[0] ?? .null
          var count = 0
          for element in list.elements where try Comparison.areEqual(element, wanted, &state) { count += 1 }
          return .integer(count)
        })
    case names.index:
      return .object(
        FunctionObject("index") { (arguments, state) throws(TemplateFailure) in
          let values = try arguments.bound("index", ["value", "start", "stop"], required: 1)
          let (first, _, count) = try Slicing.positions(list.count, values[1] ?? .null, values[2] ?? .null, .null)
          let elements = list.elements
          for place in first..<(first + count)
          where try Comparison.areEqual(elements[place], values[0] ?? .null, &state) {
            return .integer(place)
          }
          throw TemplateFailure(.value, "the value is not in the list")
        })
    case names.copy where isList:
      return .object(
        FunctionObject("copy") { (arguments, _) throws(TemplateFailure) in
          _ = try arguments.bound("copy", [])
          return value
        })
    case names.append, names.clear, names.extend, names.insert, names.pop, names.remove, names.reverse, names.sort:
      return isList ? unsafe("list", name) : nil
    default: return nil
    }
  }

  private static func integerAttribute(_ value: JinjaValue, _ name: [UInt8]) -> JinjaValue? {
    switch String(decoding: name, as: UTF8.self) {
    case "real", "numerator": return value.integer.map { .integer($0) } ?? value
    case "imag": return .integer(0)
    case "denominator": return .integer(1)
    case "bit_length":
      guard let integer = value.integer else { return nil }
      return .object(
        FunctionObject("bit_length") { (arguments, _) throws(TemplateFailure) in
          _ = try arguments.bound("bit_length", [])
          return .integer(Int.bitWidth - integer.magnitude.leadingZeroBitCount)
        })
    default: return nil
    }
  }

  private static func floatAttribute(_ value: Double, _ name: [UInt8]) -> JinjaValue? {
    switch String(decoding: name, as: UTF8.self) {
    case "real": return .float(value)
    case "imag": return .float(0)
    case "is_integer":
      return .object(
        FunctionObject("is_integer") { (arguments, _) throws(TemplateFailure) in
          _ = try arguments.bound("is_integer", [])
          return .boolean(value.isFinite && value == value.rounded())
        })
    default: return nil
    }
  }

  private enum names {
    static let get = Array("get".utf8), keys = Array("keys".utf8), values = Array("values".utf8),
      items = Array("items".utf8)
    static let copy = Array("copy".utf8), clear = Array("clear".utf8), pop = Array("pop".utf8),
      popitem = Array("popitem".utf8)
    static let setdefault = Array("setdefault".utf8), update = Array("update".utf8), fromkeys = Array("fromkeys".utf8)
    static let count = Array("count".utf8), index = Array("index".utf8), append = Array("append".utf8)
    static let extend = Array("extend".utf8), insert = Array("insert".utf8), remove = Array("remove".utf8)
    static let reverse = Array("reverse".utf8), sort = Array("sort".utf8)
  }
}
