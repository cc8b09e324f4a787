internal import ToolReward

// Benchmarks: questions, whose answers may be in files of their own.

extension RecordImporter {
  /// The answer of a question, from a file of answers or from its own row.
  private func truth(of row: Value, _ record: inout TrainingRecord) -> Value? {
    guard let truth = options.answers?[record.id] else { return row["ground_truth"] }
    record.hasOuterAnswer = true
    return truth
  }

  private var noAnswer: DroppedRow {
    DroppedRow(
      .noGroundTruth,
      options.answers == nil
        ? "the question's answer is in a file of its own: name it with --answers"
        : "no file of answers has one for this question's \"id\"")
  }

  // MARK: BFCL

  /// BFCL: each parameter has a list of values that are right; an empty string among them means that it may be absent.
  func fillBFCL(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    guard let question = row["question"] else {
      throw DroppedRow(
        .noMessages, "an answer without its question: name the question file, and this one with --answers")
    }
    record.tools = try tools(row["function"], "function")
    let turns = question.elements
    let truth = truth(of: row, &record)
    if let truth, truth[0]?.kind == .array { return try fillTurns(&record, turns, truth) }
    for turn in turns {
      for message in turn.kind == .array ? turn.elements : [turn] { try add(message, to: &record) }
    }
    guard let truth else {
      guard record.id.contains("irrelevance") else { throw noAnswer }
      record.groundTruth = []
      return
    }
    record.groundTruth = try truth.elements.map { (call) throws(DroppedRow) in
      guard let (name, parameters) = call.members.first, parameters.kind == .object else {
        throw DroppedRow(.unreadableAnswer, "a call is not {name: {parameter: [values]}}")
      }
      return try bfclCall(name, parameters)
    }
  }

  private func bfclCall(_ name: [UInt8], _ parameters: Value) throws(DroppedRow) -> RecordCall {
    var choices = CallChoices()
    for (key, values) in parameters.members {
      guard values.kind == .array else {
        throw DroppedRow(.unreadableAnswer, "a parameter of an answer has no list of values")
      }
      // The empty string stands for an absent parameter. Where no value is right, BFCL's checker takes the call without it alone.
      let right = values.elements.filter { $0.stringBytes?.isEmpty != true }
      let mayBeAbsent = right.count < values.count
      if right.isEmpty {
        if mayBeAbsent { choices.add(key, [Array("\"\"".utf8)], mayBeAbsent: true) }
        continue
      }
      guard let written = BFCLValues.expanded(right), !written.isEmpty else {
        throw DroppedRow(
          .unreadableAnswer, "a parameter of an answer has no value that can be right, or more than \(BFCLValues.most)")
      }
      choices.add(key, written, mayBeAbsent: mayBeAbsent)
    }
    return try choices.call(name, reader)
  }

  /// BFCL's multi-turn questions: a list of calls written in Python for each of the user's turns.
  private func fillTurns(_ record: inout TrainingRecord, _ turns: [Value], _ truth: Value) throws(DroppedRow) {
    let answers = truth.elements
    for (position, turn) in turns.enumerated() {
      for message in turn.elements { try add(message, to: &record) }
      guard position < answers.count, answers[position].count > 0 else { continue }
      var message = RecordMessage(.assistant)
      for written in answers[position].elements {
        guard let calls = reader.pythonCalls([0x5B] + (written.stringBytes ?? []) + [0x5D]) else {
          message.isBroken = true
          reader.warn(.unparsableCall, "an answer has arguments without names, or is no Python call")
          continue
        }
        message.calls += calls
      }
      record.messages.append(message)
    }
  }

  // MARK: ACEBench

  /// ACEBench: a dialogue as one text; the answer is an object of calls, a repeated tool with a number behind its name.
  func fillACEBench(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    guard row["question"] != nil else {
      throw DroppedRow(
        .noMessages, "an answer without its question: name the question file, and this one with --answers")
    }
    record.tools = try tools(row["function"], "function")
    addCircumstances(row, to: &record)
    for line in text(row["question"]).split(separator: 0x0A) {
      let line = Array(line)
      if line.starts(with: "user:".utf8) {
        record.messages.append(RecordMessage(.user, line.stripped(5..<line.count)))
      } else if line.starts(with: "system:".utf8) {
        record.messages.append(RecordMessage(.assistant, line.stripped(7..<line.count)))
      } else if let last = record.messages.indices.last, record.messages[last].role != .system {
        record.messages[last].content += [0x0A] + line
      } else {
        record.messages.append(RecordMessage(.user, line))
      }
    }
    guard let truth = truth(of: row, &record) else { throw noAnswer }
    // A sentence, or what is wrong with the question, in the place of calls: none is right.
    if truth.kind == .string || record.id.starts(with: "\"special".utf8) {
      record.groundTruth = []
      return
    }
    let names = Set(record.tools.compactMap { $0["name"]?.stringBytes })
    let answers = try (truth.kind == .array ? truth.elements : [truth]).map { (answer) throws(DroppedRow) in
      try aceCalls(answer, names)
    }
    record.groundTruth = try merged(answers)
  }

  /// What answers depend on besides the question: the time, and who the user is. ACEBench puts both into the system's message.
  private func addCircumstances(_ row: Value, to record: inout TrainingRecord) {
    let time = text(row["time"]).stripped
    let profile = text(row["profile"]).stripped
    var system = time
    if !profile.isEmpty {
      if !system.isEmpty { system.append(0x0A) }
      system += Array("The user's profile: ".utf8) + profile
    }
    if !system.isEmpty { record.messages.append(RecordMessage(.system, system)) }
  }

  private func aceCalls(_ answer: Value, _ names: Set<[UInt8]>) throws(DroppedRow) -> [RecordCall] {
    guard answer.kind == .object else {
      throw DroppedRow(.unreadableAnswer, "an answer is no object of calls, no list of such, and no sentence")
    }
    return try answer.members.map { (name, arguments) throws(DroppedRow) in
      guard arguments.kind == .object else {
        throw DroppedRow(.unreadableAnswer, "a call of the answer has no object of arguments")
      }
      return RecordCall(name: plain(name, names), arguments: arguments)
    }
  }

  private func plain(_ name: [UInt8], _ names: Set<[UInt8]>) -> [UInt8] {
    guard !names.contains(name), let mark = name.lastIndex(of: 0x5F),
      name[(mark + 1)...].allSatisfy({ (0x30...0x39).contains($0) }), names.contains(Array(name[..<mark]))
    else { return name }
    return Array(name[..<mark])
  }

  /// One answer for several that are right: each argument has the values that it has in any of them.
  ///
  /// - Throws: ``DroppedRow`` if they are not the same calls but for their arguments.
  private func merged(_ answers: [[RecordCall]]) throws(DroppedRow) -> [RecordCall] {
    guard let first = answers.first, answers.allSatisfy({ $0.map(\.name) == first.map(\.name) }) else {
      throw DroppedRow(
        .unreadableAnswer, "the answers that are right differ in more than arguments, which no record can say")
    }
    guard answers.count > 1 else { return first }
    return try first.indices.map { (position) throws(DroppedRow) in
      var choices = CallChoices()
      let objects = answers.map { $0[position].arguments }
      var seen: Set<[UInt8]> = []
      for key in objects.flatMap({ $0.members.map(\.name) }) where seen.insert(key).inserted {
        let given = objects.compactMap { object in object.members.last { $0.name == key }?.value }
        var written: [[UInt8]] = []
        for value in given.map({ JSONWriter.compact.write($0) }) where !written.contains(value) {
          written.append(value)
        }
        choices.add(key, written, mayBeAbsent: given.count < objects.count)
      }
      return try choices.call(first[position].name, reader)
    }
  }
}

/// A call's arguments with the values that are right for each.
private struct CallChoices {
  private var arguments: [UInt8] = [0x7B]
  private var accepted: [UInt8] = [0x7B]
  private var optional: [UInt8] = [0x5B]

  /// Adds an argument.
  ///
  /// - Parameter values: JSON texts, one or more.
  mutating func add(_ key: [UInt8], _ values: [[UInt8]], mayBeAbsent: Bool) {
    if values.count == 1, !mayBeAbsent { return Self.add(key, values[0], to: &arguments) }
    Self.add(key, [0x5B] + values.joined(separator: [0x2C]) + [0x5D], to: &accepted)
    guard mayBeAbsent else { return }
    if optional.count > 1 { optional.append(0x2C) }
    JSONPiece.append(key, to: &optional)
  }

  private static func add(_ key: [UInt8], _ value: [UInt8], to object: inout [UInt8]) {
    if object.count > 1 { object.append(0x2C) }
    JSONPiece.append(key, to: &object)
    object.append(0x3A)
    object += value
  }

  /// The call.
  ///
  /// - Throws: ``DroppedRow`` if its values cannot be read.
  func call(_ name: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> RecordCall {
    guard let object = reader.json(arguments + [0x7D]) else {
      throw DroppedRow(.unreadableAnswer, "an answer's values cannot be read")
    }
    var call = RecordCall(name: name, arguments: object)
    if accepted.count > 1 { call.accepted = reader.json(accepted + [0x7D]) }
    if optional.count > 1 { call.optional = reader.json(optional + [0x5D]) }
    return call
  }
}
