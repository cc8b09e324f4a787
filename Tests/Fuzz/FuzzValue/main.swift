import ToolReward

// Reads any bytes as a value in both syntaxes, at every kind of limit; what is read must survive being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzValue(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  for reader in [
    ValueReader(), ValueReader(syntax: .python, limits: .python), ValueReader(limits: ValueLimits(depth: 3, nodes: 9)),
  ] {
    guard let value = try? reader.read(bytes) else { continue }
    let compact = JSONWriter.compact.write(value)
    guard let again = try? reader.read(compact) else { fatalError("what was written cannot be read") }
    precondition(JSONWriter.compact.write(again) == compact, "writing is not stable")
    let python = JSONWriter.python(sortKeys: true).write(value)
    precondition(
      (try? ValueReader(syntax: .python, limits: .python).read(python)) != nil || value.count > 0
        || reader.syntax == .json)
    for policy in [EqualityPolicy.numeric, .toolN1] {
      precondition(policy.areEqual(value, again), "not equal to itself")
    }
  }
  if let (value, end) = try? ValueReader().readPrefix(bytes) {
    precondition(end <= bytes.count)
    let whole = try? ValueReader().read(Array(bytes[..<end]))
    precondition(
      whole != nil && EqualityPolicy.numeric.areEqual(whole ?? value, value), "a prefix is a value of its own")
  }
  return 0
}
