import Testing

@testable import ToolReward

@Suite struct EqualityPolicyTests {
  /// Left, right, and under which of numeric (n), toolN1 (t) and python (p) they are the same.
  @Test(arguments: [
    ("1", "1", "ntp"), ("1", "1.0", "np"), ("1.0", "1e0", "ntp"), ("10", "1e1", "np"), ("1", "true", "p"),
    ("0", "false", "p"),
    ("1.0", "true", "p"), ("2", "true", ""), ("0.1", "1e-1", "ntp"), ("-0", "0", "ntp"), ("-0.0", "0.0", "np"),
    ("-0.0", "0", "np"),
    ("9007199254740993", "9007199254740992.0", ""), ("9007199254740992", "9007199254740992.0", "np"),
    ("9007199254740993.0", "9007199254740992.0", "tp"), ("1e400", "1e401", "tp"), ("1e400", "-1e400", ""),
    ("100000000000000000000", "1e20", "np"), ("100000000000000000001", "1e20", ""),
    ("1e23", "99999999999999991611392", "p"),
    ("1e-400", "0", "p"), ("1e-400", "0.0", "tp"), ("0e5", "0", "np"), ("123.4500", "1.2345e2", "ntp"),
    ("1e99999999999999999999", "1e99999999999999999998", "tp"), ("NaN", "NaN", "nt"), ("[NaN]", "[NaN]", "ntp"),
    (#"{"a":NaN}"#, #"{"a":NaN}"#, "ntp"),
    ("1e99999999999999999999", "1E+099999999999999999999", "ntp"),
    ("1e99999999999999999999", "1e-99999999999999999999", ""),
    ("9007199254740993000001", "9007199254740993000002", ""), ("Infinity", "1e999", "tp"),
    ("null", "null", "ntp"), ("null", "false", ""), (#""1""#, "1", ""), (#""a""#, #""\u0061""#, "ntp"),
    (#""é""#, #""e\u0301""#, ""),
    (#""\ud800""#, #""\ud800""#, "ntp"), (#""\ud800""#, #""?""#, ""), ("[1,2]", "[2,1]", ""), ("[1]", "[1,1]", ""),
    ("[]", "{}", ""),
    ("[1,[2]]", "[1.0,[true]]", ""), ("[1,[1]]", "[1.0,[true]]", "p"), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, "ntp"),
    (#"{"a":1}"#, #"{"a":1,"b":2}"#, ""), (#"{"a":1,"a":2}"#, #"{"a":2}"#, "ntp"), (#"{"a":1,"a":2}"#, #"{"a":1}"#, ""),
    (#"{"a":{"b":[1,{"c":null}]}}"#, #"{"a":{"b":[1,{"c":null}]}}"#, "ntp"), (#"{"é":1}"#, #"{"e\u0301":1}"#, ""),
  ])
  func pairs(_ left: String, _ right: String, _ expected: String) throws {
    let reader = ValueReader(syntax: .python)
    let (a, b) = (try reader.read(left), try reader.read(right))
    for (letter, policy) in [("n", EqualityPolicy.numeric), ("t", .toolN1), ("p", .python)] {
      let same = expected.contains(letter)
      #expect(policy.areEqual(a, b) == same, "\(policy.name)")
      #expect(policy.areEqual(b, a) == same, "\(policy.name), the other way round")
      if same {
        #expect(
          policy.hash(a.tape, a.index) == policy.hash(b.tape, b.index), "\(policy.name): equal values share a hash")
      }
      // json.dumps is toolN1's definition.
      if letter == "t" {
        let dumps = { JSONWriter.python(sortKeys: true).write($0) }
        #expect((dumps(a) == dumps(b)) == same)
      }
    }
  }

  /// Long objects are compared through a table, in whatever order their members come.
  @Test(arguments: [8, 9, 100])
  func manyMembers(_ count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }
    let forward = try ValueReader().read("{\(members.joined(separator: ","))}")
    let backward = try ValueReader().read("{\(members.reversed().joined(separator: ","))}")
    let other = try ValueReader().read(
      "{\((members.dropLast() + ["\"k\(count - 1)\":-1"]).reversed().joined(separator: ","))}")
    #expect(EqualityPolicy.numeric.areEqual(forward, backward))
    #expect(!EqualityPolicy.numeric.areEqual(forward, other))
  }
}
