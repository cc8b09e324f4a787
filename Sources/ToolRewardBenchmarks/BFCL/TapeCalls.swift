internal import ToolReward

// Calls as the leaderboard's decoders have them, found where they were read.
extension TapeView {
  /// Whether an object is how a tuple is spelt in JSON: `{"__tuple__": […]}`.
  func isSpeltTuple(_ object: Int) -> Bool {
    kind(object) == .object && count(object) == 1 && payload(of: object + 1, equals: MemberName.tuple)
  }

  /// Reads the calls of a list of objects with one member each. False for anything else.
  func readCalls(ofList list: Int, to calls: inout [(name: Int, arguments: Int)]) -> Bool {
    guard kind(list) == .array, !isTuple(list) else { return false }
    var item = list + 1
    let end = after(list)
    while item < end {
      guard kind(item) == .object, count(item) == 1 else { return false }
      calls.append((item + 1, item + 2))
      item = after(item)
    }
    return true
  }

  /// The call of an object with a name and arguments; `nil` if it has not both, once each.
  func call(of object: Int, _ arguments: [UInt8]) -> (name: Int, arguments: Int)? {
    guard kind(object) == .object, !hasDuplicates(object), let value = member(arguments, of: object),
      let name = member(MemberName.name, of: object)
    else { return nil }
    return (name, value)
  }

}

private enum MemberName {
  static let tuple = Array("__tuple__".utf8)
  static let name = Array("name".utf8)
}
