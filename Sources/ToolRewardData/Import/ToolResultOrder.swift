internal import ToolReward

/// Puts the results of tools in the order of their calls: a record says by order alone which belongs to which.
struct ToolResultOrder {
  /// The calls' identifiers, by the message that they are in.
  private var calls: [Int: [[UInt8]?]] = [:]
  /// The call that a result names, by the result's message.
  private var results: [Int: [UInt8]] = [:]

  mutating func begin() {
    calls.removeAll(keepingCapacity: true)
    results.removeAll(keepingCapacity: true)
  }

  mutating func noteCall(_ id: [UInt8]?, of message: Int) { calls[message, default: []].append(id) }

  mutating func noteResult(_ id: [UInt8]?, at message: Int) {
    if let id { results[message] = id }
  }

  /// Sorts the results behind each message of calls. Those that name no call of it, or not one each, stay where they are, and are noted.
  func sort(_ messages: inout [RecordMessage], _ reader: PieceReader) {
    guard !results.isEmpty else { return }
    for (place, ids) in calls {
      var end = place + 1
      while end < messages.count, messages[end].role == .tool { end += 1 }
      let range = min(place + 1, end)..<end
      let named = range.compactMap { results[$0] }
      guard !named.isEmpty, ids.contains(where: { $0 != nil }) else { continue }
      let order = named.compactMap { name in ids.firstIndex(of: name) }
      guard named.count == range.count, Set(order).count == range.count, range.count == ids.count else {
        reader.warn(.unmatchedResult, "the results behind a message of calls are not one for each of its calls")
        continue
      }
      let sorted = zip(order, messages[range]).sorted { $0.0 < $1.0 }
      messages.replaceSubrange(range, with: sorted.map(\.1))
    }
  }
}
