/// `object.name` and `object[key]` as the sandbox gives them.
enum Access {
  /// `environment.getattr(object, name)`: an attribute first, then an item.
  static func attribute(
    _ object: JinjaValue, _ name: JinjaText, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch object {
    case .dictionary(let dictionary):
      if let member = try ownAttribute(object, name, &state) { return member }
      if let value = dictionary.value(name) { return value }
    case .undefined(let value):
      // Undefined values have Python's own attributes, and raise for any other.
      if isInternal(object, name) { return refused("Undefined", name, &state) }
      throw TemplateFailure.undefined(value)
    default:
      if let member = try ownAttribute(object, name, &state) { return member }
      if case .object(let object) = object, let value = try object.item(.string(name), &state) { return value }
    }
    return state.undefined(.attribute(of: object.typeName, .string(name)))
  }

  /// `environment.getitem(object, key)`: an item first, then an attribute.
  static func item(
    _ object: JinjaValue, _ key: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch object {
    case .dictionary(let dictionary):
      // What has no hash is in no dictionary: Jinja catches the error.
      if let value = try? dictionary.value(key) { return value }
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
    return state.undefined(.attribute(of: object.typeName, key))
  }

  /// What Python's `getattr` finds on the object itself; an undefined value that raises when used where the sandbox refuses it.
  static func ownAttribute(
    _ object: JinjaValue, _ name: JinjaText, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue? {
    if name.first == 0x5F {
      return isInternal(object, name) ? refused(object.typeName, name, &state) : nil
    }
    switch object {
    case .dictionary(let dictionary): return dictionaryMethod(dictionary, name, &state)
    case .list(let list): return listMethod(object, list, name, isList: true, &state)
    case .tuple(let list): return listMethod(object, list, name, isList: false, &state)
    case .string(let text): return StringMethods.method(text, isMarkup: false, name, &state)
    case .markup(let text): return StringMethods.method(text, isMarkup: true, name, &state)
    case .integer, .boolean, .bigInteger: return integerAttribute(object, name, &state)
    case .float(let double): return floatAttribute(double, name, &state)
    case .object(let object): return try object.attribute(name, &state)
    case .null, .missing, .undefined: return nil
    }
  }

  /// Whether Python's object has that attribute, which the sandbox then hides.
  private static func isInternal(_ object: JinjaValue, _ name: JinjaText) -> Bool {
    let mark = JinjaText("__")
    guard name.count > 4, name.starts(with: mark), name.ends(with: mark) else { return false }
    let word = name.part(2..<(name.count - 2)).message
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

  private static func refused(_ type: String, _ name: JinjaText, _ state: inout RenderState) -> JinjaValue {
    state.undefined(.unsafe(of: type, name.bytes))
  }

  private static func dictionaryMethod(
    _ dictionary: JinjaDictionary, _ name: JinjaText, _ state: inout RenderState
  ) -> JinjaValue? {
    guard (3...10).contains(name.count) else { return nil }
    switch name.message {
    case "get":
      return state.function("get") { (arguments, _) throws(TemplateFailure) in try get(dictionary, arguments) }
    case "keys": return view(dictionary, .keys, &state)
    case "values": return view(dictionary, .values, &state)
    case "items": return view(dictionary, .items, &state)
    case "copy":
      return state.function("copy") { (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("copy", [])
        return .dictionary(dictionary)
      }
    case "clear", "pop", "popitem", "setdefault", "update", "fromkeys": return refused("dict", name, &state)
    default: return nil
    }
  }

  /// `dictionary.get(key, default)`.
  static func get(_ dictionary: JinjaDictionary, _ arguments: CallArguments) throws(TemplateFailure) -> JinjaValue {
    if !arguments.named.isEmpty { throw TemplateFailure(.type, "dict.get() takes no keyword arguments") }
    let values = try arguments.bound("get", ["key", "default"], required: 1)
    return try dictionary.value(values[0] ?? .null) ?? values[1] ?? .null
  }

  private static func view(
    _ dictionary: JinjaDictionary, _ part: DictionaryView.Part, _ state: inout RenderState
  ) -> JinjaValue {
    state.function(part.rawValue) { (arguments, state) throws(TemplateFailure) in
      _ = try arguments.bound(part.rawValue, [])
      return state.object(DictionaryView(dictionary, part))
    }
  }

  private static func listMethod(
    _ value: JinjaValue, _ list: JinjaList, _ name: JinjaText, isList: Bool, _ state: inout RenderState
  ) -> JinjaValue? {
    switch name.message {
    case "count":
      return state.function("count") { (arguments, state) throws(TemplateFailure) in
        let wanted = try arguments.bound("count", ["value"], required: 1)[0] ?? .null
        var count = 0
        for element in list.elements where try Comparison.areEqual(element, wanted, &state) { count += 1 }
        return .integer(count)
      }
    case "index":
      return state.function("index") { (arguments, state) throws(TemplateFailure) in
        let values = try arguments.bound("index", ["value", "start", "stop"], required: 1)
        let (first, _, count) = try Slicing.positions(list.count, values[1] ?? .null, values[2] ?? .null, .null)
        let elements = list.elements
        for place in first..<(first + count)
        where try Comparison.areEqual(elements[place], values[0] ?? .null, &state) {
          return .integer(place)
        }
        throw TemplateFailure(.value, "the value is not in the list")
      }
    case "copy" where isList:
      return state.function("copy") { (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("copy", [])
        return value
      }
    case "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort":
      return isList ? refused("list", name, &state) : nil
    default: return nil
    }
  }

  private static func integerAttribute(
    _ value: JinjaValue, _ name: JinjaText, _ state: inout RenderState
  ) -> JinjaValue? {
    switch name.message {
    case "real", "numerator": return value.integer.map { .integer($0) } ?? value
    case "imag": return .integer(0)
    case "denominator": return .integer(1)
    case "bit_length":
      guard let integer = value.integer else { return nil }
      return state.function("bit_length") { (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("bit_length", [])
        return .integer(Int.bitWidth - integer.magnitude.leadingZeroBitCount)
      }
    default: return nil
    }
  }

  private static func floatAttribute(_ value: Double, _ name: JinjaText, _ state: inout RenderState) -> JinjaValue? {
    switch name.message {
    case "real": return .float(value)
    case "imag": return .float(0)
    case "is_integer":
      return state.function("is_integer") { (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("is_integer", [])
        return .boolean(value.isFinite && value == value.rounded())
      }
    default: return nil
    }
  }
}
