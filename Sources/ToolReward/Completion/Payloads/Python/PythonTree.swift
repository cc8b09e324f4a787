// An expression is held flat: nodes refer to nodes by index, and a node comes after those it is made of.
//
//   f(1, x=[2])
//
//   index  kind        a   b  count   text
//     0    name        –   –    –     f
//     1    integer     –   –    –     1
//     2    integer     –   –    –     2
//     3    list        –   0    1           lists[0..<1] = 2
//     4    keyword     3   –    –     x
//     5    call        0   1    2           lists[1..<3] = 1, 4
//
// Texts (names, strings, digits) lie in `bytes`, decoded.

/// One part of a Python expression.
struct PythonNode: BitwiseCopyable {
  enum Kind: UInt8 {
    /// `text` is the name, in Unicode's form NFKC.
    case name
    /// `text` holds the digits, decimal; after folding also a sign.
    case integer
    /// An integer of more digits than CPython would print.
    case hugeInteger
    /// `text` is a JSON number; or `Infinity`, `-Infinity` or `NaN`.
    case float
    /// `text` is the literal without its `j`.
    case imaginary
    /// `text` is decoded. `operation` is 1 for `u'…'`.
    case string
    /// `text` is decoded.
    case bytes
    /// An f-string. Its fields are checked and not kept.
    case formatted
    case none, true_, false_, ellipsis
    /// `a.text`.
    case attribute
    /// `a[b]`.
    case element
    /// `a(list)`: values, starred values and keywords in the order of the text.
    case call
    /// `text=a`, or `**a` if `operation` is 1.
    case keyword
    /// `operation a`.
    case unary
    /// `a operation b`.
    case binary
    /// `list`, joined by `operation`.
    case boolean
    /// `a`, then operations and nodes in turn in the list.
    case comparison
    /// `a if b else c`, where `c` is the list's one entry.
    case conditional
    /// `a` is the body, the list the parameters.
    case lambda
    /// `text=a`, of the kind that `operation` says.
    case parameter
    case tuple, list, set
    /// Keys and values in turn; the key of `**value` is absent.
    case dictionary
    /// `*a`.
    case starred
    /// `a:b:c`, where `c` is the list's one entry. Each may be absent.
    case slice
    /// `a := b`.
    case assignment
    case await
    /// `yield a`; `a` may be absent.
    case yield
    case yieldFrom
    /// `a`, and the clauses in the list.
    case listComprehension, setComprehension, generator
    /// `a: b`, and the clauses in the list.
    case dictionaryComprehension
    /// `for a in b if … if …`, the conditions in the list; asynchronous if `operation` is 1.
    case clause
  }

  /// Which parameter of a lambda.
  enum Parameter: UInt8 {
    case positionalOnly, plain, variadic, keywordOnly, keywords
  }

  var kind: Kind
  /// A ``PythonToken/Kind`` for operations.
  var operation: UInt8 = 0
  var a: Int32 = -1
  var b: Int32 = -1
  /// Where the list starts in `lists`, or the text in `bytes`.
  var first: Int32 = 0
  /// How many entries or bytes it has.
  var count: Int32 = 0
  /// Where it stands in the source.
  var start: Int32 = 0
  var end: Int32 = 0

  /// The list's, or the text's, range.
  var range: Range<Int> { Int(first)..<(Int(first) + Int(count)) }
  var source: Range<Int> { Int(start)..<Int(end) }
}

/// Expressions, flat. One reading's own.
final class PythonTree {
  var nodes: [PythonNode] = []
  var lists: [Int32] = []
  var bytes: [UInt8] = []

  /// Appends an entry to the list that grows now.
  func addToList(_ entry: Int32) { lists.append(entry) }

  /// Appends a name's text in the one form that Python compares.
  func appendName(_ text: Span<UInt8>, _ range: Range<Int>) throws(PythonError) {
    try PythonName.append(text, range, to: &bytes)
  }

  /// Appends a node. Returns its index.
  func add(_ node: PythonNode) -> Int32 {
    nodes.append(node)
    return Int32(truncatingIfNeeded: nodes.count - 1)
  }

  subscript(_ index: Int32) -> PythonNode { nodes[Int(index)] }

  /// A node's text.
  func text(_ index: Int32) -> ArraySlice<UInt8> { bytes[nodes[Int(index)].range] }

  /// The entries of a node's list.
  func list(_ index: Int32) -> ArraySlice<Int32> { lists[nodes[Int(index)].range] }

  /// Forgets the nodes and keeps the room.
  func removeAll() {
    nodes.empty()
    lists.empty()
    bytes.empty()
  }
}

/// Why a text is no Python expression, and where.
struct PythonError: Error {
  enum Code {
    case malformed, unexpectedEnd, illFormedUTF8, tooDeep, tooLong
  }
  let code: Code
  let offset: Int

  init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }
}
