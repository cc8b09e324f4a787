/// A regular expression of `pattern` or `patternProperties` (ECMA-262, Unicode mode), matched in linear time.
///
/// What it reads: literals, escapes, classes, general categories, groups, alternatives, quantifiers, `^` at the start and `$` at the end of the whole or of one
/// of its alternatives. It becomes a position automaton (Glushkov): one state for each character the pattern can consume, sets of states as
/// bits. Look-around, back references, word borders, scripts and counts beyond the limit are not decided: ``matches(_:_:)`` is `nil`.
package final class SchemaPattern: Sendable {
  /// The pattern's own text.
  let text: [UInt8]
  private let automaton: Automaton?

  package init(_ text: [UInt8]) {
    self.text = text
    automaton = Automaton(text)
  }

  /// Whether some part of the text matches; `nil` if the pattern is beyond what is read. O(text × states / 64).
  package func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool? {
    guard let automaton else { return nil }
    return automaton.matches(bytes, range)
  }

  /// A set of code points.
  struct CharacterSet: Sendable, Equatable {
    /// Which ASCII characters belong to it.
    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    /// Ranges from U+0080 on, ascending, apart.
    private(set) var ranges: [ClosedRange<UInt32>] = []

    init(_ ranges: [ClosedRange<UInt32>]) {
      var merged: [ClosedRange<UInt32>] = []
      for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
          merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
          merged.append(range)
        }
      }
      for range in merged {
        if range.lowerBound < 128 {
          for point in range.lowerBound...min(range.upperBound, 127) {
            if point < 64 { low |= 1 << UInt64(point) } else { high |= 1 << UInt64(point - 64) }
          }
        }
        if range.upperBound >= 128 { self.ranges.append(max(range.lowerBound, 128)...range.upperBound) }
      }
    }

    @inline(__always)
    func contains(_ point: UInt32) -> Bool {
      if point < 64 { return low >> UInt64(point) & 1 == 1 }
      if point < 128 { return high >> UInt64(point &- 64) & 1 == 1 }
      for range in ranges where range.contains(point) { return true }
      return false
    }

    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
      var result: [ClosedRange<UInt32>] = []
      var next: UInt32 = 0
      for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
        next = max(next, range.upperBound + 1)
      }
      if next <= 0x10FFFF { result.append(next...0x10FFFF) }
      return result
    }
  }

  // MARK: The automaton

  private final class Automaton: Sendable {
    private static let positionLimit = 512
    /// The most sets of states that one text may cost: about a tenth of a second.
    private static let workLimit = 1 << 24
    /// Words of one set of states.
    private let width: Int
    private let sets: [CharacterSet]
    /// For each set, the states that consume it: `sets.count × width` words.
    private let consuming: [UInt64]
    /// For each state, those that may come after it: `states × width` words.
    private let follow: [UInt64]
    private let firstAnywhere: [UInt64]
    private let firstAtStart: [UInt64]
    private let lastAnywhere: [UInt64]
    private let lastAtEnd: [UInt64]
    /// Whether every text matches, and whether the empty one does.
    private let matchesAll: Bool
    private let matchesEmpty: Bool

    init?(_ text: [UInt8]) {
      guard var parser = PatternParser(text), let alternatives = parser.alternatives() else { return nil }
      var builder = Builder()
      var branches: [(branch: PatternParser.Branch, fragment: Builder.Fragment)] = []
      for branch in alternatives {
        guard let fragment = builder.add(branch.node) else { return nil }
        branches.append((branch, fragment))
      }
      let width = max(1, (builder.states.count + 63) / 64)
      var sets: [CharacterSet] = []
      var setOf: [Int] = []
      for state in builder.states {
        if let known = sets.firstIndex(of: state) {
          setOf.append(known)
        } else {
          sets.append(state)
          setOf.append(sets.count - 1)
        }
      }
      func bits(_ states: some Sequence<Int>) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: width)
        for state in states { words[state / 64] |= 1 << UInt64(state % 64) }
        return words
      }
      func union(_ sets: some Sequence<[UInt64]>) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: width)
        for set in sets { for word in 0..<width { words[word] |= set[word] } }
        return words
      }
      self.width = width
      self.sets = sets
      consuming = sets.indices.flatMap { set in bits(setOf.indices.filter { setOf[$0] == set }) }
      follow = builder.follow.flatMap { $0[..<width] }
      firstAtStart = union(branches.map(\.fragment.first))
      firstAnywhere = union(branches.filter { !$0.branch.isAnchoredAtStart }.map(\.fragment.first))
      lastAtEnd = union(branches.map(\.fragment.last))
      lastAnywhere = union(branches.filter { !$0.branch.isAnchoredAtEnd }.map(\.fragment.last))
      matchesEmpty = branches.contains { $0.fragment.isNullable }
      matchesAll = branches.contains {
        $0.fragment.isNullable && !($0.branch.isAnchoredAtStart && $0.branch.isAnchoredAtEnd)
      }
    }

    func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool? {
      if matchesAll { return true }
      if range.isEmpty { return matchesEmpty }
      if width == 1 { return matchesNarrow(bytes, range) }
      return unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width * 2) { buffer in
        unsafe buffer.initialize(repeating: 0)
        var current = 0
        var next = width
        var position = range.lowerBound
        var isFirst = true
        var work = 0
        while position < range.upperBound {
          if work > Self.workLimit { return nil }
          work += sets.count * width
          let point = Self.codePoint(bytes, &position, range.upperBound)
          for word in 0..<width { unsafe buffer[next + word] = isFirst ? firstAtStart[word] : firstAnywhere[word] }
          isFirst = false
          for word in 0..<width {
            var states = unsafe buffer[current + word]
            work += states.nonzeroBitCount * width
            while states != 0 {
              let state = word * 64 + states.trailingZeroBitCount
              for target in 0..<width { unsafe buffer[next + target] |= follow[state * width + target] }
              states &= states - 1
            }
          }
          for word in 0..<width {
            var allowed: UInt64 = 0
            for set in sets.indices where sets[set].contains(point) { allowed |= consuming[set * width + word] }
            unsafe buffer[next + word] &= allowed
            if unsafe buffer[next + word] & lastAnywhere[word] != 0 { return true }
          }
          swap(&current, &next)
        }
        for word in 0..<width where unsafe buffer[current + word] & lastAtEnd[word] != 0 { return true }
        return false
      }
    }

    /// With at most sixty-four states a set is one word.
    private func matchesNarrow(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
      var states: UInt64 = 0
      var position = range.lowerBound
      var entering = firstAtStart[0]
      while position < range.upperBound {
        let point = Self.codePoint(bytes, &position, range.upperBound)
        var next = entering
        entering = firstAnywhere[0]
        while states != 0 {
          next |= follow[states.trailingZeroBitCount]
          states &= states - 1
        }
        var allowed: UInt64 = 0
        for set in sets.indices where sets[set].contains(point) { allowed |= consuming[set] }
        states = next & allowed
        if states & lastAnywhere[0] != 0 { return true }
        if states == 0, entering == 0 { return false }
      }
      return states & lastAtEnd[0] != 0
    }

    @inline(__always)
    private static func codePoint(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> UInt32 {
      let lead = bytes[position]
      position += 1
      if lead < 0x80 { return UInt32(lead) }
      var value = UInt32(lead) & (lead >= 0xF0 ? 0x07 : lead >= 0xE0 ? 0x0F : 0x1F)
      while position < end, bytes[position] & 0xC0 == 0x80 {
        value = value << 6 | UInt32(bytes[position] & 0x3F)
        position += 1
      }
      return value
    }

    /// Lays the states out. Sets of states are bits, so that what is linked twice costs nothing more.
    struct Builder {
      struct Fragment {
        var isNullable: Bool
        var first: [UInt64]
        var last: [UInt64]
      }
      private static var none: [UInt64] { [UInt64](repeating: 0, count: positionLimit / 64) }
      var states: [CharacterSet] = []
      var follow: [[UInt64]] = []

      mutating func add(_ node: PatternParser.Node, depth: Int = 0) -> Fragment? {
        guard depth < 64 else { return nil }
        switch node {
        case .set(let set):
          guard states.count < Automaton.positionLimit else { return nil }
          var own = Self.none
          own[states.count / 64] = 1 << UInt64(states.count % 64)
          states.append(set)
          follow.append(Self.none)
          return Fragment(isNullable: false, first: own, last: own)
        case .sequence(let parts):
          var whole = Fragment(isNullable: true, first: Self.none, last: Self.none)
          for part in parts {
            guard let fragment = add(part, depth: depth + 1) else { return nil }
            whole = join(whole, fragment)
          }
          return whole
        case .alternatives(let parts):
          var whole = Fragment(isNullable: false, first: Self.none, last: Self.none)
          for part in parts {
            guard let fragment = add(part, depth: depth + 1) else { return nil }
            whole.isNullable = whole.isNullable || fragment.isNullable
            whole.first = Self.union(whole.first, fragment.first)
            whole.last = Self.union(whole.last, fragment.last)
          }
          return whole
        case .repeated(let part, let least, let most):
          var whole = Fragment(isNullable: true, first: Self.none, last: Self.none)
          guard least <= Automaton.positionLimit, most ?? 0 <= Automaton.positionLimit else { return nil }
          for copy in 0..<max(least, most ?? (least == 0 ? 1 : least)) {
            guard var fragment = add(part, depth: depth + 1) else { return nil }
            if copy >= least { fragment.isNullable = true }
            // Without an end the last copy follows itself.
            if most == nil, copy == max(least, 1) - 1 { link(fragment.last, fragment.first) }
            whole = join(whole, fragment)
            // What consumes nothing can be repeated as often as one likes.
            if fragment.first.allSatisfy({ $0 == 0 }) { break }
          }
          return whole
        }
      }

      private static func union(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var words = left
        for word in words.indices { words[word] |= right[word] }
        return words
      }

      private mutating func join(_ left: Fragment, _ right: Fragment) -> Fragment {
        link(left.last, right.first)
        return Fragment(
          isNullable: left.isNullable && right.isNullable,
          first: left.isNullable ? Self.union(left.first, right.first) : left.first,
          last: right.isNullable ? Self.union(left.last, right.last) : right.last)
      }

      private mutating func link(_ from: [UInt64], _ to: [UInt64]) {
        for (word, bits) in from.enumerated() {
          var left = bits
          while left != 0 {
            let state = word * 64 + left.trailingZeroBitCount
            for target in to.indices { follow[state][target] |= to[target] }
            left &= left - 1
          }
        }
      }
    }
  }
}
