internal import ToolReward

/// Python's `==`, `<`, `in` and sorting.
enum Comparison {
  /// `a == b`. Numbers are compared by their exact values.
  static func areEqual(_ a: JinjaValue, _ b: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> Bool {
    switch (a, b) {
    case (.string(let x), .string(let y)), (.string(let x), .markup(let y)), (.markup(let x), .string(let y)),
      (.markup(let x), .markup(let y)):
      return x == y
    case (.null, .null), (.missing, .missing), (.undefined, .undefined): return true
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      if x === y { return true }
      guard x.count == y.count else { return false }
      return try areEqual(x.elements, y.elements, &state)
    case (.dictionary(let x), .dictionary(let y)):
      if x === y { return true }
      guard x.count == y.count else { return false }
      try state.enter(1)
      let values = x.values
      for (position, key) in x.keys.enumerated() {
        try state.charge()
        guard let other = try y.value(key), try areEqual(values[position], other, &state) else {
          state.leave(1)
          return false
        }
      }
      state.leave(1)
      return true
    case (.object(let x), .object(let y)):
      if x === y { return true }
      if let x = x.cast(to: RangeObject.self), let y = y.cast(to: RangeObject.self) {
        return try areEqual(
          JinjaList(x.elements, state.heap).elements, JinjaList(y.elements, state.heap).elements, &state)
      }
      return false
    default: return order(numbers: a, b) == 0
    }
  }

  private static func areEqual(
    _ x: JinjaElements, _ y: JinjaElements, _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    guard x.count == y.count else { return false }
    try state.enter(1)
    for position in x.indices {
      try state.charge()
      if try !areEqual(x[position], y[position], &state) {
        state.leave(1)
        return false
      }
    }
    state.leave(1)
    return true
  }

  /// How two numbers are ordered: negative, 0, positive; `nil` if one is no number, or not a number.
  private static func order(numbers a: JinjaValue, _ b: JinjaValue) -> Int? {
    if let x = a.integer, let y = b.integer { return x < y ? -1 : x == y ? 0 : 1 }
    switch (a, b) {
    case (.float(let x), .float(let y)): return x < y ? -1 : x == y ? 0 : x > y ? 1 : nil
    case (.float(let x), _): return b.integer.flatMap { order(integer: $0, x) }.map { -$0 } ?? big(a, b)
    case (_, .float(let y)): return a.integer.flatMap { order(integer: $0, y) } ?? big(a, b)
    default: return big(a, b)
    }
  }

  private static func order(integer x: Int, _ y: Double) -> Int? {
    if y.isNaN { return nil }
    if y >= 0x1p63 { return -1 }
    if y < -0x1p63 { return 1 }
    let whole = Int(y)
    if x != whole { return x < whole ? -1 : 1 }
    let fraction = y - y.rounded(.towardZero)
    return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
  }

  /// Orders where one is an integer beyond 64 bits.
  private static func big(_ a: JinjaValue, _ b: JinjaValue) -> Int? {
    switch (a, b) {
    case (.bigInteger(let x), .bigInteger(let y)):
      let isNegative = x.first == 0x2D
      if isNegative != (y.first == 0x2D) { return isNegative ? -1 : 1 }
      let order =
        x.count != y.count ? (x.count < y.count ? -1 : 1) : x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
      return isNegative ? -order : order
    case (.bigInteger(let x), .float(let y)):
      if y.isNaN { return nil }
      if PythonValue.areEqual(.bigInteger(x.bytes), .float(y)) { return 0 }
      let near = PythonValue.double(x.bytes)
      return near < y ? -1 : near > y ? 1 : x.first == 0x2D ? 1 : -1
    case (.float, .bigInteger): return big(b, a).map { -$0 }
    case (.bigInteger(let x), _) where b.integer != nil: return x.first == 0x2D ? -1 : 1
    case (_, .bigInteger(let y)) where a.integer != nil: return y.first == 0x2D ? 1 : -1
    default: return nil
    }
  }

  /// `a < b`.
  static func isLess(_ a: JinjaValue, _ b: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> Bool {
    try compare(a, b, "<", &state) { $0 < 0 }
  }

  /// Compares as `<`, `<=`, `>`, `>=` do.
  static func compare(
    _ a: JinjaValue, _ b: JinjaValue, _ symbol: String, _ state: inout RenderState, _ holds: (Int) -> Bool
  ) throws(TemplateFailure) -> Bool {
    if case .undefined(let value) = a { throw TemplateFailure.undefined(value) }
    if case .undefined(let value) = b { throw TemplateFailure.undefined(value) }
    if let x = a.text, let y = b.text {
      return holds(x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1)
    }
    switch (a, b) {
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      let left = x.elements
      let right = y.elements
      try state.enter(1)
      for position in 0..<min(left.count, right.count) {
        try state.charge()
        if try !areEqual(left[position], right[position], &state) {
          let result = try compare(left[position], right[position], symbol, &state, holds)
          state.leave(1)
          return result
        }
      }
      state.leave(1)
      return holds(left.count < right.count ? -1 : left.count == right.count ? 0 : 1)
    default:
      if let order = order(numbers: a, b) { return holds(order) }
      // A comparison with what is not a number is false.
      if isNumber(a), isNumber(b) { return false }
      throw TemplateFailure(
        .type, "'\(symbol)' not supported between instances of '\(a.typeName)' and '\(b.typeName)'")
    }
  }

  private static func isNumber(_ value: JinjaValue) -> Bool {
    switch value {
    case .boolean, .integer, .bigInteger, .float: true
    default: false
    }
  }

  /// `element in container`.
  static func contains(
    _ container: JinjaValue, _ element: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    switch container {
    case .string(let text), .markup(let text):
      guard let part = element.text else {
        throw TemplateFailure(
          .type, "'in <string>' requires string as left operand, not \(element.typeName)")
      }
      try state.charge(text.count >> 4)
      return PythonStrings.find(part, in: text, from: 0) != nil
    case .dictionary(let dictionary): return try dictionary.value(element) != nil
    case .list(let list), .tuple(let list):
      for item in list.elements {
        try state.charge()
        if try areEqual(item, element, &state) { return true }
      }
      return false
    default:
      let iterator = try Iteration.iterator(container, &state)
      while let item = try iterator.next(&state) {
        try state.charge()
        if try areEqual(item, element, &state) { return true }
      }
      return false
    }
  }

  /// `sorted(items, key=…)`: stable. O(n log n).
  static func sorted<Item>(
    _ items: [Item], _ state: inout RenderState, reverse: Bool = false, by key: (Item) -> JinjaValue
  ) throws(TemplateFailure) -> [Item] {
    // Python reverses, sorts and reverses: equal items keep their order either way.
    var keyed = (reverse ? items.reversed() : items).map { (key: key($0), item: $0) }
    var width = 1
    while width < keyed.count {
      var merged: [(key: JinjaValue, item: Item)] = []
      merged.reserveCapacity(keyed.count)
      var start = 0
      while start < keyed.count {
        let middle = min(start + width, keyed.count)
        let end = min(start + 2 * width, keyed.count)
        var left = start
        var right = middle
        while left < middle, right < end {
          try state.charge()
          if try isLess(keyed[right].key, keyed[left].key, &state) {
            merged.append(keyed[right])
            right += 1
          } else {
            merged.append(keyed[left])
            left += 1
          }
        }
        merged += keyed[left..<middle]
        merged += keyed[right..<end]
        start = end
      }
      keyed = merged
      width *= 2
    }
    let sorted = keyed.map(\.item)
    return reverse ? sorted.reversed() : sorted
  }
}

/// Walking over values.
enum Iteration {
  /// `iter(value)`.
  static func iterator(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    if case .object(let object) = value { return try object.iterator(&state) }
    return ListIterator(try elements(value, &state))
  }

  /// `list(value)`. O(elements).
  static func elements(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaElements {
    switch value {
    case .list(let list), .tuple(let list): return list.elements
    case .dictionary(let dictionary): return dictionary.keys
    case .missing, .undefined: return JinjaElements()
    case .string(let text), .markup(let text):
      try state.charge(text.count)
      return JinjaList(PythonStrings.characters(text).map { .string($0) }, state.heap).elements
    case .object(let object):
      if let view = object.cast(to: DictionaryView.self) { return view.elements(state.heap) }
      return try elements(of: try object.iterator(&state), &state)
    default: throw TemplateFailure(.type, "'\(value.typeName)' object is not iterable")
    }
  }

  /// What is left of an iterator.
  static func elements(of iterator: JinjaIterator, _ state: inout RenderState) throws(TemplateFailure) -> JinjaElements
  {
    var elements: [JinjaValue] = []
    while let element = try iterator.next(&state) {
      try state.charge()
      if elements.count * 16 > state.limits.outputBytes {
        throw TemplateFailure(.limit, "a list of more than \(state.limits.outputBytes) bytes")
      }
      elements.append(element)
    }
    return JinjaList(elements, state.heap).elements
  }
}
