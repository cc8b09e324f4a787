internal import ToolReward

/// A dictionary in the order of its keys, read from JSON when it is first looked at.
@safe
struct JinjaDictionary: BitwiseCopyable {
  @unsafe
  private struct Header {
    var keys: UnsafeMutablePointer<JinjaValue>?
    var values: UnsafeMutablePointer<JinjaValue>?
    /// A mark of each key's text, so that few keys are compared as a whole.
    var marks: UnsafeMutablePointer<UInt64>?
    var count: Int
    var isRead: Bool
    var depth: Int32 = 1
    var source: Int32 = -1
    var index: Int32 = -1
    let heap: ValueHeap
  }

  private let header: UnsafeMutablePointer<Header>
  /// Fewer keys are searched one by one.
  private static var indexedFrom: Int { 24 }

  init(_ value: Value, _ heap: ValueHeap) {
    unsafe header = heap.room(1, of: Header.self)
    unsafe header.initialize(to: Header(count: 0, isRead: false, heap: heap))
    unsafe header.pointee.source = heap.keep(value)
  }

  /// Of pairs with one key the last value counts, in the first one's place.
  init(_ pairs: [(key: JinjaValue, value: JinjaValue)], _ heap: ValueHeap) throws(TemplateFailure) {
    unsafe header = heap.room(1, of: Header.self)
    unsafe header.initialize(to: Header(count: 0, isRead: true, heap: heap))
    makeRoom(pairs.count)
    var places: [JinjaKey: Int] = [:]
    let isIndexed = pairs.count >= 8
    for (key, value) in pairs {
      var place: Int?
      if isIndexed {
        let identity = try JinjaKey(key)
        place = places[identity]
        if place == nil { places[identity] = unsafe header.pointee.count }
      } else {
        let identity = try JinjaKey(key)
        for (position, other) in keys.enumerated() where (try JinjaKey(other)) == identity { place = position }
      }
      if let place { unsafe header.pointee.values?[place] = value } else { append(key, value) }
      let depth = Int32(truncatingIfNeeded: 1 &+ max(key.depth, value.depth))
      if unsafe depth > header.pointee.depth { unsafe header.pointee.depth = depth }
    }
  }

  private func makeRoom(_ count: Int) {
    let heap = unsafe header.pointee.heap
    unsafe header.pointee.keys = heap.room(count, of: JinjaValue.self)
    unsafe header.pointee.values = heap.room(count, of: JinjaValue.self)
    unsafe header.pointee.marks = heap.room(count, of: UInt64.self)
  }

  private func append(_ key: JinjaValue, _ value: JinjaValue) {
    let count = unsafe header.pointee.count
    unsafe header.pointee.keys?[count] = key
    unsafe header.pointee.values?[count] = value
    unsafe header.pointee.marks?[count] = key.text?.mark ?? .max
    unsafe header.pointee.count = count + 1
  }

  @inline(never)
  private func read() {
    unsafe header.pointee.isRead = true
    guard let source else { return }
    let heap = unsafe header.pointee.heap
    let members = source.members
    makeRoom(members.count)
    var places: [JinjaText: Int] = [:]
    let isDistinct = !source.hasDuplicateNames
    for member in members {
      let name = heap.text(member.name)
      let value = JinjaValue(member.value, heap)
      if isDistinct {
        append(.string(name), value)
      } else if let place = places[name] {
        unsafe header.pointee.values?[place] = value
      } else {
        places[name] = unsafe header.pointee.count
        append(.string(name), value)
      }
    }
  }

  static func === (a: JinjaDictionary, b: JinjaDictionary) -> Bool { unsafe a.header == b.header }

  /// What tells it from every other dictionary of its time.
  var identity: UInt { unsafe UInt(bitPattern: header) }

  /// The JSON it is, if it is.
  var source: Value? { unsafe header.pointee.heap.source(header.pointee.source) }

  var depth: Int { unsafe Int(header.pointee.depth) }

  var count: Int {
    @inline(__always) get {
      if unsafe !header.pointee.isRead { read() }
      return unsafe header.pointee.count
    }
  }

  var keys: JinjaElements {
    let count = count
    return unsafe JinjaElements(start: header.pointee.keys, count: count)
  }

  var values: JinjaElements {
    let count = count
    return unsafe JinjaElements(start: header.pointee.values, count: count)
  }

  /// The value of a string key.
  func value(_ name: JinjaText) -> JinjaValue? { value(name, mark: name.mark) }

  /// The value of a string key whose mark is known.
  @inline(__always)
  func value(_ name: JinjaText, mark: UInt64) -> JinjaValue? {
    let count = count
    if count >= Self.indexedFrom { return place(.string(name)).map { values[$0] } }
    guard let marks = unsafe header.pointee.marks, let keys = unsafe header.pointee.keys else { return nil }
    var position = 0
    while position < count {
      if unsafe marks[position] == mark {
        switch unsafe keys[position] {
        case .string(let key), .markup(let key): if key == name { return unsafe header.pointee.values?[position] }
        default: break
        }
      }
      position &+= 1
    }
    return nil
  }

  /// The value of a key.
  func value(_ key: JinjaValue) throws(TemplateFailure) -> JinjaValue? {
    if let name = key.text { return value(name) }
    let identity = try JinjaKey(key)
    if count >= Self.indexedFrom { return place(identity).map { values[$0] } }
    for (position, other) in keys.enumerated() where (try JinjaKey(other)) == identity { return values[position] }
    return nil
  }

  /// Reads everything, so that nothing is written from then on and threads can share it.
  func freeze() {
    if count >= Self.indexedFrom { _ = place(.null) }
    for value in values { value.freeze() }
  }

  @inline(never)
  private func place(_ key: JinjaKey) -> Int? {
    let heap = unsafe header.pointee.heap
    if unsafe header.pointee.index < 0 {
      var places: [JinjaKey: Int] = [:]
      for (position, key) in keys.enumerated() {
        if let identity = try? JinjaKey(key) { places[identity] = position }
      }
      unsafe header.pointee.index = heap.keep(places)
    }
    return unsafe heap.place(key, inIndex: header.pointee.index)
  }
}

/// What makes a key: `1`, `1.0` and `True` are one (Python's `hash` and `==`).
enum JinjaKey: Hashable {
  case null
  case string(JinjaText)
  case integer(Int)
  case big(JinjaText)
  case float(UInt64)
  case tuple([JinjaKey])
  case object(UInt)

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
    case .missing, .undefined: self = .tuple([.null, .null, .string(JinjaText("undefined"))])
    case .object(let object):
      // Views of keys and of items are sets, which have no hash; those of values have one.
      if let view = object.cast(to: DictionaryView.self), view.part != .values {
        throw TemplateFailure(.type, "unhashable type: '\(value.typeName)'")
      }
      self = .object(object.identity)
    case .list, .dictionary: throw TemplateFailure(.type, "unhashable type: '\(value.typeName)'")
    }
  }
}
