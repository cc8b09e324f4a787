/// Reads the calls that models mostly write in one pass, straight to the tape: plain names, keyword arguments, and values that JSON has as
/// well. Whatever else there is, it gives up, and the whole grammar takes over; what it reads is what that would read (`PythonQuickTests`).
struct PythonQuickReader: ~Escapable {
  private let text: Span<UInt8>
  private let end: Int
  private let session: ValueSession
  private let limits: ValueLimits
  private(set) var position: Int
  /// Deeper values are left to the whole grammar.
  private static let mostContainers = 48

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ range: Range<Int>, limits: ValueLimits, session: ValueSession) {
    self.text = text
    end = range.upperBound
    self.session = session
    self.limits = limits
    position = range.lowerBound
  }

  /// Reads the call that starts at ``position``. `nil`, nothing being written, if it is not plain; else ``position`` is just after it.
  mutating func call() -> (name: Int, arguments: Int)? {
    let start = position
    guard let name = dottedName(), take(0x28) else {
      position = start
      return nil
    }
    session.beginValue(limits: limits)
    do throws(ValueError) {
      try session.open(.object, at: position - 1)
      guard try arguments() else {
        session.discardValue()
        position = start
        return nil
      }
      try session.close(at: position)
      let arguments = try session.finishValue(at: position)
      // Of names that come twice the whole grammar keeps the last.
      guard !session.tape.nodes[arguments].flags.contains(.duplicateNamesBelow) else {
        session.discardValue()
        position = start
        return nil
      }
      session.beginValue(limits: limits)
      try session.write(string: text, name, at: name)
      return (try session.finishValue(at: name.upperBound), arguments)
    } catch {
      session.discardValue()
      position = start
      return nil
    }
  }

  /// Reads calls with commas between them up to the end of the text. False if one is not plain; what was written then stays.
  mutating func read(_ calls: inout [(name: Int, arguments: Int)], acrossLines: Bool) -> Bool {
    while true {
      guard let call = call() else { return false }
      calls.append(call)
      skipSpace(acrossLines: acrossLines)
      if position == end { return true }
      guard take(0x2C) else { return false }
      skipSpace(acrossLines: acrossLines)
      // A comma may be the last thing.
      if position == end { return true }
    }
  }

  // MARK: Parts

  /// Passes over white space. A comment, a carriage return or a form feed is left to the whole grammar.
  @inline(__always)
  private mutating func skipSpace(acrossLines: Bool = true) {
    while position < end {
      let byte = text[position]
      guard byte == 0x20 || byte == 0x09 || (byte == 0x0A && acrossLines) else { return }
      position &+= 1
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < end, text[position] == byte else { return false }
    position &+= 1
    return true
  }

  /// An ASCII name that is no word of the grammar.
  private mutating func name() -> Range<Int>? {
    let start = position
    while position < end {
      switch text[position] {
      case 0x41...0x5A, 0x5F, 0x61...0x7A: break
      case 0x30...0x39 where position > start: break
      case 0x80...0xFF: return nil
      default:
        let name = start..<position
        return name.isEmpty || PythonToken.word(text, name) != nil ? nil : name
      }
      position &+= 1
    }
    return nil
  }

  private mutating func dottedName() -> Range<Int>? {
    let start = position
    repeat {
      guard name() != nil else { return nil }
    } while take(0x2E)
    return start..<position
  }

  /// Reads `name=value, …)`. False if something is not plain.
  private mutating func arguments() throws(ValueError) -> Bool {
    skipSpace()
    if take(0x29) { return true }
    while true {
      guard let name = name() else { return false }
      skipSpace()
      guard take(0x3D) else { return false }
      skipSpace()
      try session.write(name: text, name)
      guard try value() else { return false }
      if take(0x29) { return true }
      guard take(0x2C) else { return false }
      skipSpace()
      if take(0x29) { return true }
    }
  }

  /// Reads a value and the white space behind it, containers without recursion.
  private mutating func value() throws(ValueError) -> Bool {
    /// A bit for each open container, the innermost lowest: whether it is a dictionary.
    var dictionaries: UInt64 = 0
    var depth = 0
    var expectsKey = false
    while true {
      guard position < end else { return false }
      let byte = text[position]
      if expectsKey {
        guard byte == 0x22 || byte == 0x27, let key = string() else { return false }
        try session.write(name: text, key)
        skipSpace()
        guard take(0x3A) else { return false }
        skipSpace()
        expectsKey = false
        continue
      }
      switch byte {
      case 0x5B, 0x7B:
        guard depth < Self.mostContainers else { return false }
        try session.open(byte == 0x7B ? .object : .array, at: position)
        position &+= 1
        dictionaries = dictionaries << 1 | (byte == 0x7B ? 1 : 0)
        depth &+= 1
        skipSpace()
        if position < end, text[position] == (byte == 0x7B ? 0x7D : 0x5D) { break }
        expectsKey = byte == 0x7B
        continue
      case 0x22, 0x27:
        let start = position
        guard let string = string() else { return false }
        try session.write(string: text, string, at: start..<position)
      case 0x2D, 0x30...0x39:
        guard let number = number() else { return false }
        try session.write(number: text, number, at: number)
      default:
        guard try word() else { return false }
      }
      // What follows a value: the end of its containers, or a comma and the next one.
      while true {
        skipSpace()
        guard depth > 0, position < end else { return depth == 0 }
        let isDictionary = dictionaries & 1 == 1
        if text[position] == (isDictionary ? 0x7D : 0x5D) {
          position &+= 1
          try session.close(at: position)
          dictionaries >>= 1
          depth &-= 1
          continue
        }
        guard take(0x2C) else { return false }
        skipSpace()
        // A comma may be the last thing.
        guard position < end else { return false }
        if text[position] == (isDictionary ? 0x7D : 0x5D) { continue }
        expectsKey = isDictionary
        break
      }
    }
  }

  /// A string of one line without escapes, to which no other is joined. Its content.
  private mutating func string() -> Range<Int>? {
    let quote = text[position]
    let start = position + 1
    var place = start
    var isASCII = true
    while place < end, text[place] != quote {
      let byte = text[place]
      if byte == 0x5C || byte == 0x0A || byte == 0x0D || byte == 0 { return nil }
      if byte >= 0x80 { isASCII = false }
      place &+= 1
    }
    guard place < end else { return nil }
    position = place + 1
    // An empty string might be the beginning of one of three quotes.
    if place == start, position < end, text[position] == quote { return nil }
    if !isASCII, TextChecks.firstIllFormedUTF8(in: text, start..<place) != nil { return nil }
    return start..<place
  }

  /// A number that JSON spells the same, and that fits a machine word.
  private mutating func number() -> Range<Int>? {
    let start = position
    guard let end = NumberLiteral.end(text, from: start), end <= self.end, end - start <= 18 else { return nil }
    var isWhole = true
    for place in start..<end {
      switch text[place] {
      case 0x45, 0x65: return nil
      case 0x2E: isWhole = false
      default: break
      }
    }
    // The minus of a whole zero is lost in Python.
    if isWhole, end - start == 2, text[start] == 0x2D, text[start + 1] == 0x30 { return nil }
    position = end
    return start..<end
  }

  private mutating func word() throws(ValueError) -> Bool {
    let start = position
    while position < end, PythonLexer.isWordByte(text[position]) { position &+= 1 }
    switch PythonToken.word(text, start..<position) {
    case .none?: try session.write(.null, at: start..<position)
    case .true_?: try session.write(.true_, at: start..<position)
    case .false_?: try session.write(.false_, at: start..<position)
    default: return false
    }
    return true
  }
}
