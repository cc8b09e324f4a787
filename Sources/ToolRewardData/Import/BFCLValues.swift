internal import ToolReward

/// The values that one entry of a BFCL answer stands for.
///
/// A dictionary among a parameter's alternatives has alternatives of its own, a list a key, and `""` in it says that the key may be absent; so
/// has each dictionary in a list. This is how BFCL's `dict_checker` and `list_dict_checker` read them (bfcl_eval, ast_checker.py).
enum BFCLValues {
  /// More than these are not written out.
  static let most = 256

  /// The values as JSON text, the first as an answer would most likely have it; `nil` if there are more than ``most``.
  static func expanded(_ alternatives: [Value]) -> [[UInt8]]? {
    var found: [[UInt8]] = []
    for alternative in alternatives {
      guard let values = values(of: alternative) else { return nil }
      for value in values where !found.contains(value) { found.append(value) }
      if found.count > most { return nil }
    }
    return found
  }

  private static func values(of alternative: Value) -> [[UInt8]]? {
    switch alternative.kind {
    case .object where alternative.count > 0 && alternative.members.allSatisfy({ $0.value.kind == .array }):
      return dictionaries(alternative)
    case .array where alternative.elements.contains(where: { $0.kind == .object }):
      let choices = alternative.elements.map { values(of: $0) }
      guard let lists = product(choices) else { return nil }
      return lists.map { enclosed($0, 0x5B, 0x5D) }
    default: return [JSONWriter.compact.write(alternative)]
    }
  }

  private static func dictionaries(_ alternative: Value) -> [[UInt8]]? {
    let choices = alternative.members.map { (name, values) -> [[UInt8]] in
      var key = JSONPiece.string(name)
      key.append(0x3A)
      let given = values.elements.filter { $0.stringBytes?.isEmpty != true }
      let members = given.map { key + JSONWriter.compact.write($0) }
      guard given.count < values.count else { return members }
      // Nothing written stands for an absent key; where that is all, the empty string is right too.
      return given.isEmpty ? [[], key + [0x22, 0x22]] : members + [[]]
    }
    return product(choices)?.map { enclosed($0.filter { !$0.isEmpty }, 0x7B, 0x7D) }
  }

  /// Each way to take one of every choice; `nil` if they are too many.
  private static func product(_ choices: [[[UInt8]]?]) -> [[[UInt8]]]? {
    var found: [[[UInt8]]] = [[]]
    for choice in choices {
      guard let choice else { return nil }
      let (count, isOver) = found.count.multipliedReportingOverflow(by: choice.count)
      guard !isOver, count <= most else { return nil }
      found = found.flatMap { taken in choice.map { taken + [$0] } }
    }
    return found
  }

  private static func enclosed(_ pieces: [[UInt8]], _ open: UInt8, _ close: UInt8) -> [UInt8] {
    [open] + pieces.joined(separator: [0x2C]) + [close]
  }
}
