public import ToolReward

/// Checks multi-turn traces of the leaderboard and writes them as its official evaluator reads them.
///
/// The official verdict comes of running the calls on simulated services written in Python, and comparing what they did: that is not done
/// here, and a trace is never called right. What is told is what can be known without: that the official code must refuse a trace, and where
/// its calls do not fit the functions' documentation.
public final class BFCLMultiTurn {
  /// A remark on a trace.
  public struct Remark: Sendable, Hashable {
    /// What is remarked.
    public enum Kind: String, Sendable, Hashable {
      /// A step has no calls, though others follow it in the turn.
      case noCalls = "no_calls"
      /// A call names no function of the sample.
      case unknownFunction = "unknown_function"
      /// A call names a function that the sample offers in a later turn only.
      case heldOutFunction = "held_out_function"
      /// A call has an argument that the function has not.
      case unknownArgument = "unknown_argument"
      /// A call lacks an argument that the function requires.
      case missingArgument = "missing_argument"
    }
    /// What.
    public let kind: Kind
    /// The turn, from 0, and the step in it.
    public let turn: Int
    public let step: Int
    /// The function, or the argument; empty where there is none. UTF-8.
    public let name: [UInt8]
  }

  /// What is known of a trace.
  public struct Check: Sendable {
    /// The sample, UTF-8.
    public let id: [UInt8]
    /// Its category.
    public let category: String
    /// The model; empty if the row names none.
    public let model: String
    /// `false` with the reason if the official code must refuse the trace; else `nil`: it must be run to know.
    public let verdict: BenchmarkVerdict
    /// How many steps with calls, and how many calls there are.
    public let steps: Int
    public let calls: Int
    /// Remarks, in the trace's order.
    public let remarks: [Remark]
    /// The line `{"id", "result"}` of an official result file, with its line feed.
    public let line: [UInt8]
  }

  private struct Sample {
    /// Whether calls are expected in each turn.
    let turns: [Bool]
    let functions: [[UInt8]: BFCLFunction]
    /// From which turn on a function is offered.
    let since: [[UInt8]: Int]
  }

  /// The data's version.
  public let version: BFCLVersion
  private let samples: [String: [[UInt8]: Sample]]
  private let decoding: BFCLDecoding

  /// The categories.
  public static let categories = [
    "multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param", "multi_turn_long_context",
  ]

  /// Reads the multi-turn data of a folder as `bfcl_eval/data` is laid out. O(files).
  ///
  /// - Throws: ``BenchmarkDataError`` if there is none, or a file cannot be read.
  public init(folder: String) throws(BenchmarkDataError) {
    for (version, prefix) in [(BFCLVersion.v4, "BFCL_v4_"), (.v3, "BFCL_v3_")] {
      var documents: [String: [[UInt8]: BFCLFunction]] = [:]
      var samples: [String: [[UInt8]: Sample]] = [:]
      for category in Self.categories {
        let name = "\(prefix)\(category).json"
        guard let records = try BenchmarkRecords.lines(of: "\(folder)/\(name)") else { continue }
        let answers = try BFCLDataset.answers(folder, name)
        var own: [[UInt8]: Sample] = [:]
        for record in records {
          let value = PythonValue(record.value)
          guard let id = value["id"]?.text, let turns = answers[id] else {
            throw BenchmarkDataError(
              file: "\(folder)/\(name)", line: record.line, "there is no \"id\", or no answer for it")
          }
          own[id] = try Self.sample(value, turns, &documents, folder)
        }
        samples[category] = own
      }
      if samples.isEmpty { continue }
      self.version = version
      self.samples = samples
      decoding = BFCLDecoding(version)
      return
    }
    throw BenchmarkDataError(file: folder, "there is no file BFCL_v3_multi_turn_….json or BFCL_v4_multi_turn_….json")
  }

  private static func sample(
    _ value: PythonValue, _ turns: PythonValue, _ documents: inout [String: [[UInt8]: BFCLFunction]], _ folder: String
  ) throws(BenchmarkDataError) -> Sample {
    var functions: [[UInt8]: BFCLFunction] = [:]
    for name in value["involved_classes"]?.elements ?? [] {
      let name = String(decoding: name.text ?? [], as: UTF8.self)
      if documents[name] == nil { documents[name] = try Self.functions(of: name, folder) }
      functions.merge(documents[name] ?? [:]) { first, _ in first }
    }
    var since: [[UInt8]: Int] = [:]
    for turn in value["missed_function"]?.members ?? [] {
      guard case .string(let number) = turn.key, let number = Int(String(decoding: number, as: UTF8.self)) else {
        continue
      }
      for name in turn.value.elements { since[name.text ?? []] = number }
    }
    return Sample(turns: turns.elements.map { !$0.elements.isEmpty }, functions: functions, since: since)
  }

  /// The files of the functions' documentation, by class: `executable_backend_config.py`.
  private static let files = [
    "GorillaFileSystem": "gorilla_file_system", "MathAPI": "math_api", "MessageAPI": "message_api",
    "TwitterAPI": "posting_api", "TicketAPI": "ticket_api", "TradingBot": "trading_bot", "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
  ]

  private static func functions(of name: String, _ folder: String) throws(BenchmarkDataError) -> [[UInt8]: BFCLFunction]
  {
    guard let file = files[name] else { return [:] }
    let path = "\(folder)/multi_turn_func_doc/\(file).json"
    guard let records = try BenchmarkRecords.lines(of: path) else {
      throw BenchmarkDataError(file: path, "there is no such file")
    }
    var functions: [[UInt8]: BFCLFunction] = [:]
    for record in records {
      guard let function = BFCLFunction(PythonValue(record.value), .python) else {
        throw BenchmarkDataError(file: path, line: record.line, "the function has no name, or no parameters")
      }
      functions[function.name] = function
    }
    return functions
  }

  private static func category(of row: Value) -> String? {
    if let name = row["category"]?.string { return categories.first { $0 == name } }
    let id = row["id"]?.stringBytes ?? []
    return categories.first { id.starts(with: Array("\($0)_".utf8)) }
  }

  /// Checks a row `{"id", "category"?, "model"?, "raw" | "result": [turn: [step]]}`; `nil` if the data has no such sample.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - decoder: How a step's text becomes calls; `nil` for that of the model's name, or Python calls.
  ///   - model: The model of rows that name none.
  public func check(_ row: Value, decoder: BFCLOutputDecoder? = nil, model given: String = "") -> Check? {
    guard let category = Self.category(of: row), let id = row["id"]?.stringBytes, let sample = samples[category]?[id]
    else { return nil }
    let model = row["model"]?.string ?? given
    let decoder = decoder ?? BFCLOutputDecoder.named(after: model) ?? .prompt
    let result = row["raw"] ?? row["result"]
    var remarks: [Remark] = []
    var error: String?
    var steps = 0
    var calls = 0
    if let result, result.kind == .array {
      let turns = result.elements
      if turns.count != sample.turns.count { error = "multi_turn:force_terminated" }
      for (turn, value) in turns.enumerated() {
        var hasCalls = false
        for (step, output) in value.elements.enumerated() {
          guard let made = made(output, decoder), !made.isEmpty else {
            // The last step of a turn is the model's word to the user.
            if step < value.count - 1 { remarks.append(Remark(kind: .noCalls, turn: turn, step: step, name: [])) }
            continue
          }
          hasCalls = true
          steps += 1
          calls += made.count
          for call in made { remark(call, sample, turn, step, &remarks) }
        }
        if !hasCalls, error == nil, turn < sample.turns.count, sample.turns[turn] {
          error = "multi_turn:empty_turn_model_response"
        }
      }
    } else {
      error = "multi_turn:inference_error"
    }
    var line = Array(#"{"id":"#.utf8)
    JSONWriter.compact.appendString(id.span, 0..<id.count, to: &line)
    line += Array(#","result":"#.utf8)
    line += result.map { JSONWriter.compact.write($0) } ?? Array("null".utf8)
    line += [0x7D, 0x0A]
    return Check(
      id: id, category: category, model: model,
      verdict: BenchmarkVerdict(isValid: error == nil ? nil : false, errorType: error ?? "multi_turn:not_run"),
      steps: steps, calls: calls, remarks: remarks, line: line)
  }

  private func made(_ output: Value, _ decoder: BFCLOutputDecoder) -> [BFCLChecker.Call]? {
    let decoded: BFCLDecoding.Result
    if let text = output.stringBytes {
      decoded = decoding.decode(text, decoder, .python)
    } else {
      let kind = decoder == .prompt ? .fc : decoder
      decoded = decoding.decode(kind == .fc ? Self.withArgumentsAsText(output) : PythonValue(output), kind)
    }
    guard case .value(let value) = decoded else { return nil }
    return BFCLChecker.calls(value)
  }

  /// Calls whose arguments may be objects already: of a turn's steps the official code takes both.
  private static func withArgumentsAsText(_ output: Value) -> PythonValue {
    guard output.kind == .array else { return PythonValue(output) }
    return .list(
      output.elements.map { item in
        guard let member = item.members.first, item.count == 1, member.value.kind == .object else {
          return PythonValue(item)
        }
        let text = JSONWriter.compact.write(member.value)
        return .dictionary([PythonValue.Member(key: .string(member.name), value: .string(text))])
      })
  }

  private func remark(
    _ call: BFCLChecker.Call, _ sample: Sample, _ turn: Int, _ step: Int, _ remarks: inout [Remark]
  ) {
    guard case .string(let name) = call.name else { return }
    guard let function = sample.functions[name] else {
      remarks.append(Remark(kind: .unknownFunction, turn: turn, step: step, name: name))
      return
    }
    if let since = sample.since[name], turn < since {
      remarks.append(Remark(kind: .heldOutFunction, turn: turn, step: step, name: name))
    }
    var given: Set<[UInt8]> = []
    for argument in call.arguments {
      guard case .string(let key) = argument.key else { continue }
      given.insert(key)
      if function.parameters[key] == nil {
        remarks.append(Remark(kind: .unknownArgument, turn: turn, step: step, name: name + [0x2E] + key))
      }
    }
    for key in function.required where !given.contains(key) {
      remarks.append(Remark(kind: .missingArgument, turn: turn, step: step, name: name + [0x2E] + key))
    }
  }
}

@available(*, unavailable)
extension BFCLMultiTurn: Sendable {}
