/// Maximum matching between two small sets.
package enum BipartiteMatching {
  /// The most left × right pairs that are compared; beyond it the caller pairs by hash or in order.
  static let pairLimit = 4096

  /// A largest set of compatible pairs, each element in at most one (Berge's augmenting paths, found breadth first so that no
  /// recursion depends on input). Ties go to the lower index. O(left × pairs).
  ///
  /// - Returns: For each left element its right partner, or `nil`.
  package static func maximum(left: Int, right: Int, compatible: (_ left: Int, _ right: Int) -> Bool) -> [Int?] {
    var edges: [[Int]] = []
    edges.reserveCapacity(left)
    for i in 0..<left { edges.append((0..<right).filter { compatible(i, $0) }) }
    var rightOf = [Int?](repeating: nil, count: left)
    var leftOf = [Int?](repeating: nil, count: right)
    for start in 0..<left {
      // For each right element reached: the left element it was reached from.
      var reachedFrom = [Int?](repeating: nil, count: right)
      var queue = [start]
      var head = 0
      var free: Int?
      search: while head < queue.count {
        let i = queue[head]
        head += 1
        for j in edges[i] where reachedFrom[j] == nil {
          reachedFrom[j] = i
          guard let next = leftOf[j] else {
            free = j
            break search
          }
          queue.append(next)
        }
      }
      var end = free
      while let j = end, let i = reachedFrom[j] {
        let previous = rightOf[i]
        rightOf[i] = j
        leftOf[j] = i
        end = i == start ? nil : previous
      }
    }
    return rightOf
  }
}
