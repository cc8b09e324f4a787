/// Assigns a completion's calls to the expected ones and says how they differ.
public struct CallMatcher: Sendable {
  /// When two arguments values are the same.
  public var arguments: EqualityPolicy
  /// When two names are the same.
  public var names: EqualityPolicy
  /// Whether calls may come in any order. If not, they are compared by position.
  public var isOrderFree: Bool

  /// Creates a matcher.
  public init(arguments: EqualityPolicy = .numeric, names: EqualityPolicy = .numeric, isOrderFree: Bool = true) {
    self.arguments = arguments
    self.names = names
    self.isOrderFree = isOrderFree
  }

  /// A completion's calls on its tape.
  struct Actual {
    let name: Int
    let arguments: Int
    /// The attempt's index in the completion.
    let attempt: Int
  }

  // MARK: Verdicts

  /// Whether the one call is the one expected. O(both).
  func isExact(_ call: Actual, _ tape: ValueTape, _ truth: GroundTruth) -> Bool {
    truth.count == 1 && same(call, tape, truth.expected[0], truth.tape)
  }

  /// Whether the calls are the expected ones, each exactly once. O(both) but for many calls whose hashes agree.
  func isExact(_ actual: [Actual], _ tape: ValueTape, _ truth: GroundTruth) -> Bool {
    guard actual.count == truth.count else { return false }
    if actual.count == 1 || !isOrderFree {
      for position in actual.indices where !same(actual[position], tape, truth.expected[position], truth.tape) {
        return false
      }
      return true
    }
    if !truth.hasAlternatives, actual.count <= 64 {
      // Sameness is an equivalence here: the first free partner is as good as any.
      var free = Self.lowest(actual.count)
      for expected in truth.expected {
        guard let partner = firstFree(free, where: { same(actual[$0], tape, expected, truth.tape) }) else {
          return false
        }
        free &= ~(1 << UInt64(partner))
      }
      return true
    }
    return exactPairs(actual, tape, truth).allSatisfy { $0 != nil }
  }

  /// The set of that many positions, at most 64.
  private static func lowest(_ count: Int) -> UInt64 { count == 64 ? .max : 1 << UInt64(count) - 1 }

  /// The lowest position of a set of some below 64 where `isPartner` holds.
  private func firstFree(_ free: UInt64, where isPartner: (Int) -> Bool) -> Int? {
    var left = free
    while left != 0 {
      let position = left.trailingZeroBitCount
      if isPartner(position) { return position }
      left &= left - 1
    }
    return nil
  }

  /// Whether the calls name the expected tools, each as often.
  func hasSameNames(_ actual: [Actual], _ tape: ValueTape, _ truth: GroundTruth) -> Bool {
    guard actual.count == truth.count else { return false }
    if actual.count <= 64 {
      var free = Self.lowest(actual.count)
      for expected in truth.expected {
        let partner = firstFree(free) { sameName(tape, actual[$0].name, truth.tape, expected.name) }
        guard let partner else { return false }
        free &= ~(1 << UInt64(partner))
      }
      return true
    }
    var byHash: [UInt64: [Int]] = [:]
    for call in actual { byHash[names.hash(tape, call.name), default: []].append(call.name) }
    for expected in truth.expected {
      let key = names.hash(truth.tape, expected.name)
      // Names of one hash are the same but for chance.
      guard let place = byHash[key]?.lastIndex(where: { sameName(tape, $0, truth.tape, expected.name) }) else {
        return false
      }
      byHash[key]?.remove(at: place)
    }
    return true
  }

  private func same(_ actual: Actual, _ tape: ValueTape, _ expected: GroundTruth.ExpectedCall, _ other: ValueTape)
    -> Bool
  {
    guard sameName(tape, actual.name, other, expected.name) else { return false }
    if expected.accepted != nil { return accepts(actual, tape, expected, other) }
    return arguments.areEqual(tape, actual.arguments, other, expected.arguments)
  }

  /// Whether the arguments are the expected ones, where some may have one of several values.
  private func accepts(
    _ actual: Actual, _ tape: ValueTape, _ expected: GroundTruth.ExpectedCall, _ other: ValueTape
  ) -> Bool {
    var difference = ArgumentDifference(policy: arguments)
    guard tape.nodes[actual.arguments].kind == .object else { return false }
    difference.compare(tape, actual.arguments, other, expected)
    return difference.found.isEmpty
  }

  func sameName(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ j: Int) -> Bool {
    let left = a.nodes[i]
    let right = b.nodes[j]
    if left.flags.contains(.nonFinite), right.flags.contains(.nonFinite) {
      // CPython's json.loads gives one and the same NaN object each time, and identity comes before equality.
      return ByteSearch.equal(a.bytes, left.payload, b.bytes, right.payload)
    }
    return names.areEqual(a, i, b, j)
  }

  /// For each expected call a call that is the same, each used once; as many as can be. Where there are many calls a hash finds the
  /// partner: sameness is then an equivalence, and the first free partner as good as any. With several accepted values it is none,
  /// and the pairs are always looked at.
  private func exactPairs(_ actual: [Actual], _ tape: ValueTape, _ truth: GroundTruth) -> [Int?] {
    let isSmall = actual.count * truth.count <= BipartiteMatching.pairLimit || truth.count <= 8
    if truth.hasAlternatives || isSmall {
      return BipartiteMatching.maximum(left: truth.count, right: actual.count) {
        same(actual[$1], tape, truth.expected[$0], truth.tape)
      }
    }
    var byHash: [UInt64: [Int]] = [:]
    for (position, call) in actual.enumerated().reversed() {
      byHash[hash(tape, call.name, call.arguments), default: []].append(position)
    }
    return truth.expected.map { expected in
      let key = hash(truth.tape, expected.name, expected.arguments)
      guard var candidates = byHash[key] else { return nil }
      // Calls of one hash are the same but for chance; the list is searched from its end, where the earliest stand.
      guard let place = candidates.lastIndex(where: { same(actual[$0], tape, expected, truth.tape) }) else {
        return nil
      }
      let found = candidates.remove(at: place)
      byHash[key] = candidates
      return found
    }
  }

  private func hash(_ tape: ValueTape, _ name: Int, _ call: Int) -> UInt64 {
    names.hash(tape, name) &* 31 &+ arguments.hash(tape, call)
  }

  // MARK: The report

  /// Assigns a completion's calls to the expected ones, and tells every difference. Attempts without a name or arguments meet none.
  /// O(both), but for calls that differ in nothing a hash sees; with accepted values O(calls × expected calls).
  public func match(_ completion: Completion, _ truth: GroundTruth) -> CallMatch {
    report(completion.actualCalls, completion.tape, truth)
  }

  /// Which call met which expected one, and every difference.
  func report(_ actual: [Actual], _ tape: ValueTape, _ truth: GroundTruth) -> CallMatch {
    var partners: [Int?]
    if isOrderFree {
      partners = exactPairs(actual, tape, truth)
    } else {
      partners = truth.expected.indices.map { position in
        position < actual.count && same(actual[position], tape, truth.expected[position], truth.tape) ? position : nil
      }
    }
    var match = CallMatch()
    var isFree = [Bool](repeating: true, count: actual.count)
    for partner in partners { if let partner { isFree[partner] = false } }
    let unmetExpected = partners.indices.filter { partners[$0] == nil }
    let freeActual = isFree.indices.filter { isFree[$0] }
    // What is left is paired by name, so that the differences told are the ones meant.
    if isOrderFree {
      if unmetExpected.count * freeActual.count <= BipartiteMatching.pairLimit {
        let paired = BipartiteMatching.maximum(left: unmetExpected.count, right: freeActual.count) {
          sameName(tape, actual[freeActual[$1]].name, truth.tape, truth.expected[unmetExpected[$0]].name)
        }
        for (position, partner) in paired.enumerated() {
          if let partner {
            partners[unmetExpected[position]] = freeActual[partner]
            isFree[freeActual[partner]] = false
          }
        }
      }
    } else {
      for position in unmetExpected where position < actual.count {
        if sameName(tape, actual[position].name, truth.tape, truth.expected[position].name) {
          partners[position] = position
          isFree[position] = false
        }
      }
    }
    for (position, partner) in partners.enumerated() {
      guard let partner else {
        match.missing.append(position)
        continue
      }
      let call = actual[partner]
      var difference = ArgumentDifference(policy: arguments)
      let expected = truth.expected[position]
      if expected.accepted != nil, tape.nodes[call.arguments].kind == .object {
        difference.compare(tape, call.arguments, truth.tape, expected)
      } else if !arguments.areEqual(tape, call.arguments, truth.tape, expected.arguments) {
        difference.compare(tape, call.arguments, truth.tape, expected.arguments)
      }
      match.pairs.append(
        CallMatch.Pair(expected: position, attempt: call.attempt, mismatches: difference.found))
    }
    match.surplus = isFree.indices.filter { isFree[$0] }.map { actual[$0].attempt }
    return match
  }
}

extension Completion {
  /// The attempts that give a name and arguments.
  var actualCalls: [CallMatcher.Actual] { actualCalls(in: attempts.indices) }

  /// The call of some attempts, if they are one and it gives a name and arguments.
  func onlyCall(in range: Range<Int>) -> CallMatcher.Actual? {
    guard range.count == 1, let name = attempts[range.lowerBound].name,
      let arguments = attempts[range.lowerBound].arguments
    else { return nil }
    return CallMatcher.Actual(name: name, arguments: arguments, attempt: range.lowerBound)
  }

  /// Those of some attempts.
  func actualCalls(in range: Range<Int>) -> [CallMatcher.Actual] {
    var calls: [CallMatcher.Actual] = []
    calls.reserveCapacity(range.count)
    for index in range {
      let attempt = attempts[index]
      if let name = attempt.name, let arguments = attempt.arguments {
        calls.append(CallMatcher.Actual(name: name, arguments: arguments, attempt: index))
      }
    }
    return calls
  }
}

/// Which call met which expected one.
public struct CallMatch: Sendable {
  /// An expected call and the call that met it.
  public struct Pair: Sendable {
    /// The expected call, counted from 0.
    public let expected: Int
    /// The attempt, as an index into ``Completion/attempts``.
    public let attempt: Int
    /// How their arguments differ; empty if they are the same.
    public let mismatches: [ArgumentMismatch]
  }
  /// The pairs, in the order of the expected calls.
  public internal(set) var pairs: [Pair] = []
  /// Expected calls that no call met.
  public internal(set) var missing: [Int] = []
  /// Attempts that met no expected call.
  public internal(set) var surplus: [Int] = []
  /// Whether every call met an expected one and is the same.
  public var isExact: Bool { missing.isEmpty && surplus.isEmpty && pairs.allSatisfy { $0.mismatches.isEmpty } }
}

/// One difference between a call's arguments and the expected ones.
public struct ArgumentMismatch: Sendable, Hashable {
  /// What differs.
  public enum Kind: String, Sendable, Hashable {
    /// Expected, but not there.
    case missing = "missing_argument"
    /// There, but not expected.
    case surplus = "surplus_argument"
    /// There, with another value.
    case wrong = "wrong_argument"
  }
  /// What differs.
  public let kind: Kind
  /// Where, as a JSON Pointer (RFC 6901) into the arguments; empty for the whole.
  public let pointer: String
  let actual: Int?
  let expected: Int?
}

/// Walks two values side by side for what differs.
struct ArgumentDifference {
  /// The most differences told of one call.
  static let limit = 16
  let policy: EqualityPolicy
  private(set) var found: [ArgumentMismatch] = []

  init(policy: EqualityPolicy) {
    self.policy = policy
  }

  /// Collects what differs between two values that are not the same. O(both); depth is bounded by the readers' limits.
  mutating func compare(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ j: Int, at pointer: [UInt8] = []) {
    guard found.count < Self.limit else { return }
    let left = a.nodes[i]
    let right = b.nodes[j]
    if left.kind == .object, right.kind == .object {
      // The expected object is looked up in, the actual one walked: a model may write a long one.
      let expected = ObjectMembers.distinct(of: j, in: b)
      var table = NameTable(capacity: expected.count)
      for (position, member) in expected.enumerated() { _ = table.position(of: member.name, in: b, insert: position) }
      var met = [Int?](repeating: nil, count: expected.count)
      var surplus: [(name: Int, value: Int)] = []
      for member in ObjectMembers.distinct(of: i, in: a) {
        if let position = table.position(of: member.name, in: a, own: b) {
          met[position] = member.value
        } else if surplus.count < Self.limit {
          surplus.append(member)
        }
      }
      for (position, member) in expected.enumerated() where found.count < Self.limit {
        let path = extended(pointer, by: b.payload(of: member.name)[...])
        if let value = met[position] {
          if !policy.areEqual(a, value, b, member.value) { compare(a, value, b, member.value, at: path) }
        } else {
          add(.missing, path, nil, member.value)
        }
      }
      for member in surplus {
        add(.surplus, extended(pointer, by: a.payload(of: member.name)[...]), member.value, nil)
      }
      return
    }
    if left.kind == .array, right.kind == .array, left.count == right.count {
      var x = i + 1
      var y = j + 1
      var position = 0
      while x < Int(left.next), found.count < Self.limit {
        if !policy.areEqual(a, x, b, y) {
          compare(a, x, b, y, at: extended(pointer, by: Array(String(position).utf8)[...]))
        }
        x = a.after(x)
        y = b.after(y)
        position += 1
      }
      return
    }
    add(.wrong, pointer, i, j)
  }

  /// Collects what differs between a call's arguments and an expected call that accepts several values for some of them.
  mutating func compare(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ expected: GroundTruth.ExpectedCall) {
    var values: [(name: Int, accepted: [Int])] = ObjectMembers.distinct(of: expected.arguments, in: b).map {
      ($0.name, [$0.value])
    }
    if let accepted = expected.accepted {
      for member in ObjectMembers.distinct(of: accepted, in: b) {
        var list: [Int] = []
        var child = member.value + 1
        while child < b.after(member.value) {
          list.append(child)
          child = b.after(child)
        }
        values.append((member.name, list))
      }
    }
    let optional = expected.optional.map { Value(tape: b, index: $0).elements.compactMap(\.stringBytes) } ?? []
    var table = NameTable(capacity: values.count)
    for (position, member) in values.enumerated() { _ = table.position(of: member.name, in: b, insert: position) }
    var met = [Bool](repeating: false, count: values.count)
    for member in ObjectMembers.distinct(of: i, in: a) {
      let path = extended([], by: a.payload(of: member.name)[...])
      guard let position = table.position(of: member.name, in: a, own: b) else {
        add(.surplus, path, member.value, nil)
        continue
      }
      met[position] = true
      if !values[position].accepted.contains(where: { policy.areEqual(a, member.value, b, $0) }) {
        add(.wrong, path, member.value, values[position].accepted.first)
      }
    }
    for (position, member) in values.enumerated() where !met[position] {
      let name = b.payload(of: member.name)[...]
      if !optional.contains(where: { $0[...] == name }) { add(.missing, extended([], by: name), nil, nil) }
    }
  }

  private mutating func add(_ kind: ArgumentMismatch.Kind, _ pointer: [UInt8], _ actual: Int?, _ expected: Int?) {
    guard found.count < Self.limit else { return }
    found.append(
      ArgumentMismatch(
        kind: kind, pointer: String(decoding: pointer, as: UTF8.self), actual: actual, expected: expected))
  }

  /// The pointer with one more reference token, `~` and `/` escaped (RFC 6901 §3), cut at 256 bytes a token.
  private func extended(_ pointer: [UInt8], by token: ArraySlice<UInt8>) -> [UInt8] {
    var path = pointer
    JSONPointer.append(token.prefix(256), to: &path)
    return path
  }
}
