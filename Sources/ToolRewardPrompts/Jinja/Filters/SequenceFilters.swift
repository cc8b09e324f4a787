internal import ToolReward

/// Filters over sequences.
extension Filters {
  static let sequences: [(String, Body)] = [
    make("length", [], length), make("count", [], length),
    make("list") { (value, _, state) throws(TemplateFailure) in
      // Python copies a list; nobody can tell, for nothing changes one.
      if case .list = value { return value }
      return state.list(try Iteration.elements(value, &state))
    },
    make("first") { (value, _, state) throws(TemplateFailure) in
      try Iteration.iterator(value, &state).next(&state)
        ?? state.undefined(.message("No first item, sequence was empty."))
    },
    make("last") { (value, _, state) throws(TemplateFailure) in
      try reversed(value, &state).last ?? state.undefined(.message("No last item, sequence was empty."))
    },
    make("reverse") { (value, _, state) throws(TemplateFailure) in
      switch value {
      case .string(let text): return .string(backwards(text, state.heap))
      case .markup(let text): return .markup(backwards(text, state.heap))
      case .list, .tuple, .dictionary, .undefined: break
      case .object(let object) where isReversible(object): break
      // An iterator is read into a list, which is reversed.
      default: return state.list(try Iteration.elements(value, &state).reversed())
      }
      return state.object(ListIterator(try reversed(value, &state).reversed(), state.heap))
    },
    make("join", ["d", "attribute"], join),
    make("items") { (value, _, state) throws(TemplateFailure) in items(value, &state) },
    make("dictsort", ["case_sensitive", "by", "reverse"], sortedItems),
    make("sort", ["reverse", "case_sensitive", "attribute"], sorted),
    make("unique", ["case_sensitive", "attribute"], unique),
    make("min", ["case_sensitive", "attribute"]) { (value, arguments, state) throws(TemplateFailure) in
      try extreme(value, arguments, wantsLeast: true, &state)
    },
    make("max", ["case_sensitive", "attribute"]) { (value, arguments, state) throws(TemplateFailure) in
      try extreme(value, arguments, wantsLeast: false, &state)
    },
    make("sum", ["attribute", "start"]) { (value, arguments, state) throws(TemplateFailure) in
      let path = path(arguments[0], &state)
      var total = arguments[1] ?? .integer(0)
      if total.text != nil { throw TemplateFailure(.type, "sum() can't sum strings [use ''.join(seq) instead]") }
      let iterator = try Iteration.iterator(value, &state)
      while let element = try iterator.next(&state) {
        try state.charge()
        total = try Arithmetic.apply(.add, total, try item(element, path, &state), &state)
      }
      return total
    },
    make("batch", ["linecount", "fill_with"], required: 1, batch),
    make("slice", ["slices", "fill_with"], required: 1, slices),
    make("groupby", ["attribute", "default", "case_sensitive"], required: 1, grouped),
    make("default", ["default_value", "boolean"], otherwise), make("d", ["default_value", "boolean"], otherwise),
    make("attr", ["name"], required: 1) { (value, arguments, state) throws(TemplateFailure) in
      guard let name = arguments[0]?.text else { throw TemplateFailure(.type, "attribute name must be string") }
      if case .undefined = value { return try Access.attribute(value, name, &state) }
      return try Access.ownAttribute(value, name, &state)
        ?? state.undefined(.attribute(of: value.typeName, .string(name)))
    },
  ]

  static func length(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch value {
    case .string(let text), .markup(let text): return .integer(PythonStrings.count(text))
    case .list(let list), .tuple(let list): return .integer(list.count)
    case .dictionary(let dictionary): return .integer(dictionary.count)
    case .undefined: return .integer(0)
    case .object(let object): if let length = try object.length(&state) { return .integer(length) }
    default: break
    }
    throw TemplateFailure(.type, "object of type '\(value.typeName)' has no len()")
  }

  /// The elements of what `reversed()` takes, in their own order.
  private static func reversed(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaElements
  {
    switch value {
    case .object(let object) where !isReversible(object):
      throw TemplateFailure(.type, "'\(value.typeName)' object is not reversible")
    default: return try Iteration.elements(value, &state)
    }
  }

  private static func join(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    var path: [JinjaValue] = []
    if let attribute = arguments[1] { path = self.path(attribute, &state) }
    let separator =
      try arguments[0].map { (value) throws(TemplateFailure) in try PythonPrinting.string(value, &state) }
      ?? JinjaText("")
    var result: [UInt8] = []
    var isFirst = true
    let iterator = try Iteration.iterator(value, &state)
    while let element = try iterator.next(&state) {
      if !isFirst { result += separator }
      isFirst = false
      let part = try PythonPrinting.string(try item(element, path, &state), &state)
      result += part
      try state.charge(1 + (part.count + separator.count) >> 4)
      if result.count > state.limits.outputBytes { try state.charge(bytes: result.count) }
    }
    return state.string(result)
  }

  private static func items(_ value: JinjaValue, _ state: inout RenderState) -> JinjaValue {
    var remaining: IndexingIterator<JinjaElements>?
    return iterator(over: value, &state) { (state) throws(TemplateFailure) in
      if remaining == nil {
        switch value {
        case .undefined: return nil
        case .dictionary(let dictionary):
          remaining = DictionaryView(dictionary, .items).elements(state.heap).makeIterator()
        default: throw TemplateFailure(.type, "Can only get item pairs from a mapping.")
        }
      }
      return remaining?.next()
    }
  }

  private static func isReversible(_ object: ObjectReference) -> Bool {
    object.cast(to: RangeObject.self) != nil || object.cast(to: DictionaryView.self) != nil
  }

  private static func backwards(_ text: JinjaText, _ heap: ValueHeap) -> JinjaText {
    heap.text(Array(PythonStrings.characters(text).reversed().joined()))
  }

  private static func sortedItems(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let isSensitive = try truth(arguments[0], false, &state)
    let by = arguments[1]?.text.map { String(decoding: $0, as: UTF8.self) } ?? "key"
    guard by == "key" || by == "value" else {
      throw TemplateFailure(.runtime, "You can only sort by either \"key\" or \"value\"")
    }
    guard case .dictionary(let dictionary) = value else {
      throw TemplateFailure(.type, "'\(value.typeName)' object has no attribute 'items'")
    }
    let pairs = Array(zip(dictionary.keys, dictionary.values))
    let heap = state.heap
    let reverse = try truth(arguments[2], false, &state)
    let sorted = try Comparison.sorted(pairs, &state, reverse: reverse) {
      ignoringCase(by == "key" ? $0.0 : $0.1, isSensitive, heap)
    }
    return state.list(sorted.map { heap.tuple([$0.0, $0.1]) })
  }

  /// The keys that `sort(attribute="a,b")` compares, as one list.
  private static func sorted(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let reverse = try truth(arguments[0], false, &state)
    let isSensitive = try truth(arguments[1], false, &state)
    var paths: [[JinjaValue]] = [path(arguments[2], &state)]
    if let text = arguments[2]?.text {
      paths = text.split(separator: 0x2C, omittingEmptySubsequences: false).map { path(state.string($0), &state) }
    }
    var keyed: [(key: JinjaValue, item: JinjaValue)] = []
    for element in try Iteration.elements(value, &state) {
      try state.charge()
      var keys: [JinjaValue] = []
      for path in paths { keys.append(ignoringCase(try item(element, path, &state), isSensitive, state.heap)) }
      keyed.append((state.list(keys), element))
    }
    return state.list(try Comparison.sorted(keyed, &state, reverse: reverse) { $0.key }.map(\.item))
  }

  private static func unique(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let isSensitive = try truth(arguments[0], false, &state)
    let path = path(arguments[1], &state)
    var source: JinjaIterator?
    var seen: Set<JinjaKey> = []
    return iterator(over: value, &state) { (state) throws(TemplateFailure) in
      if source == nil { source = try Iteration.iterator(value, &state) }
      while let element = try source?.next(&state) {
        try state.charge()
        if seen.insert(try JinjaKey(ignoringCase(try item(element, path, &state), isSensitive, state.heap))).inserted {
          return element
        }
      }
      return nil
    }
  }

  private static func extreme(
    _ value: JinjaValue, _ arguments: [JinjaValue?], wantsLeast: Bool, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let isSensitive = try truth(arguments[0], false, &state)
    let path = path(arguments[1], &state)
    var best: (key: JinjaValue, item: JinjaValue)?
    let iterator = try Iteration.iterator(value, &state)
    while let element = try iterator.next(&state) {
      try state.charge()
      let key = ignoringCase(try item(element, path, &state), isSensitive, state.heap)
      guard let current = best else {
        best = (key, element)
        continue
      }
      let isBetter =
        wantsLeast
        ? try Comparison.isLess(key, current.key, &state)
        : try Comparison.compare(key, current.key, ">", &state) { $0 > 0 }
      if isBetter { best = (key, element) }
    }
    return best?.item ?? state.undefined(.message("No aggregated item, sequence was empty."))
  }

  private static func batch(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let count = arguments[0] ?? .null
    let fill = arguments[1] ?? .null
    var source: JinjaIterator?
    var isDone = false
    var pending: JinjaValue?
    return iterator(over: value, &state) { (state) throws(TemplateFailure) in
      if source == nil { source = try Iteration.iterator(value, &state) }
      guard !isDone else { return nil }
      var row: [JinjaValue] = pending.map { [$0] } ?? []
      pending = nil
      while let element = try source?.next(&state) {
        try state.charge()
        if try Comparison.areEqual(.integer(row.count), count, &state) {
          pending = element
          return state.list(row)
        }
        row.append(element)
      }
      isDone = true
      if row.isEmpty { return nil }
      if case .null = fill { return state.list(row) }
      let missing = max(try integer(count, 0), 0) - row.count
      if missing > 0 {
        let (size, overflow) = missing.multipliedReportingOverflow(by: 16)
        try state.charge(bytes: overflow ? .max : size)
        row += repeatElement(fill, count: missing)
      }
      return state.list(row)
    }
  }

  private static func slices(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let given = arguments[0]
    let fill = arguments[1] ?? .null
    var elements: JinjaElements?
    var number = 0
    var offset = 0
    return iterator(over: value, &state) { (state) throws(TemplateFailure) in
      let count = try integer(given, 0)
      if elements == nil {
        elements = try Iteration.elements(value, &state)
        if count == 0 { throw TemplateFailure(.arithmetic, "integer division or modulo by zero") }
      }
      guard let elements, number < count else { return nil }
      let size = elements.count / count
      let extra = elements.count % count
      let start = offset + number * size
      if number < extra { offset += 1 }
      var slice = Array(elements[start..<(offset + (number + 1) * size)])
      if case .null = fill {} else if number >= extra { slice.append(fill) }
      number += 1
      return state.list(slice)
    }
  }

  private static func grouped(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let path = path(arguments[0], &state)
    var fallback = arguments[1]
    if let given = fallback, case .null = given { fallback = nil }
    let isSensitive = try truth(arguments[2], false, &state)
    var keyed: [(key: JinjaValue, item: JinjaValue)] = []
    for element in try Iteration.elements(value, &state) {
      let key = ignoringCase(try item(element, path, default: fallback, &state), isSensitive, state.heap)
      keyed.append((key, element))
    }
    var groups: [(key: JinjaValue, items: [JinjaValue])] = []
    for (key, element) in try Comparison.sorted(keyed, &state, by: { $0.key }) {
      if let last = groups.last, try Comparison.areEqual(last.key, key, &state) {
        groups[groups.count - 1].items.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    var result: [JinjaValue] = []
    for group in groups {
      let key = isSensitive ? group.key : try item(group.items[0], path, default: fallback, &state)
      result.append(state.object(GroupObject(key, state.list(group.items))))
    }
    return state.list(result)
  }

  private static func otherwise(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    if value.isUndefined { return arguments[0] ?? .text("") }
    if try truth(arguments[1], false, &state), try !value.truth(&state) { return arguments[0] ?? .text("") }
    return value
  }
}

/// What `groupby` gives: a pair with names.
final class GroupObject: JinjaObject {
  private let parts: [JinjaValue]

  init(_ key: JinjaValue, _ items: JinjaValue) { parts = [key, items] }

  override var typeName: String { "_GroupTuple" }
  override var isIterable: Bool { true }
  override var depth: Int { 1 + max(parts[0].depth, parts[1].depth) }
  override func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { 2 }
  override func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    ListIterator(parts, state.heap)
  }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    switch name.message {
    case "grouper": parts[0]
    case "list": parts[1]
    default: nil
    }
  }

  override func item(_ key: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    guard let position = key.integer, (-2...1).contains(position) else { return nil }
    return parts[position < 0 ? position + 2 : position]
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    try PythonPrinting.appendRepr(state.tuple(parts), to: &output, &state)
  }
}
