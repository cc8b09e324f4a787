import Foundation
import Testing
import ToolRewardHeader

/// A code and its message, as a function of the C interface gave them.
struct Answer: Equatable, CustomStringConvertible {
  let code: Int32
  let message: String

  /// Calls a function and checks what holds for every one: the code is the error's, and a failure has a message.
  init(_ body: (UnsafeMutablePointer<toolreward_error>) -> toolreward_code) {
    var error = toolreward_error()
    error.code = -1
    code = body(&error)
    message = withUnsafeBytes(of: &error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    #expect(error.code == (code == 0 ? -1 : code), "error.code is what the function returned")
    #expect((code == 0) == message.isEmpty, "a failure has a message, and only a failure")
  }

  var description: String { "\(code): \(message)" }
  var isOK: Bool { code == 0 }
}

/// The codes as numbers: C's enumerations have no type of their own.
enum Code {
  static let argument = Int32(TOOLREWARD_INVALID_ARGUMENT)
  static let handle = Int32(TOOLREWARD_INVALID_HANDLE)
  static let options = Int32(TOOLREWARD_INVALID_OPTIONS)
  static let tools = Int32(TOOLREWARD_INVALID_TOOLS)
  static let groundTruth = Int32(TOOLREWARD_INVALID_GROUND_TRUTH)
}

/// The C interface with what Swift has for buffers.
enum Interface {
  static func policy(_ options: String = "{}") -> (handle: toolreward_handle, answer: Answer) {
    var handle: toolreward_handle = 0
    let bytes = cString(options)
    let answer = Answer { toolreward_policy_create(bytes, bytes.count, &handle, $0) }
    return (handle, answer)
  }

  static func tools(_ json: String) -> (handle: toolreward_handle, answer: Answer) {
    var handle: toolreward_handle = 0
    let bytes = cString(json)
    let answer = Answer { toolreward_tools_create(bytes, bytes.count, &handle, $0) }
    return (handle, answer)
  }

  static func task(
    _ policy: toolreward_handle, _ groundTruth: String, tools: toolreward_handle = 0
  ) -> (handle: toolreward_handle, answer: Answer) {
    var handle: toolreward_handle = 0
    let bytes = cString(groundTruth)
    let answer = Answer { toolreward_task_create(policy, bytes, bytes.count, tools, &handle, $0) }
    return (handle, answer)
  }

  static func release(_ handle: toolreward_handle) -> Answer { Answer { toolreward_release(handle, $0) } }

  /// The verdict's line, and the score.
  static func score(
    _ task: toolreward_handle, _ completion: String
  ) -> (line: String, score: Double, answer: Answer) {
    let bytes = cString(completion)
    var score = -1.0
    var line: UnsafeMutablePointer<CChar>?
    var length = 0
    let answer = Answer { toolreward_score(task, bytes, bytes.count, &score, nil, 0, &line, &length, $0) }
    return (taken(line, length), score, answer)
  }

  /// The lines of a batch, and its scores.
  static func scoreBatch(
    _ policy: toolreward_handle, _ tasks: [toolreward_handle], _ completions: [String], threads: Int = 0
  ) -> (lines: String, scores: [Double], answer: Answer) {
    var text: [CChar] = []
    var offsets: [Int64] = [0]
    for completion in completions {
      text += cString(completion)
      offsets.append(Int64(text.count))
    }
    var scores = [Double](repeating: -1, count: completions.count)
    var lines: UnsafeMutablePointer<CChar>?
    var length = 0
    let answer = Answer {
      toolreward_score_batch(
        policy, tasks, tasks.count, text, text.count, offsets, completions.count, threads, &scores, nil, 0, &lines,
        &length, $0)
    }
    return (taken(lines, length), scores, answer)
  }

  /// The lines of a batch of samples whose ground truths are JSON values, and its scores.
  static func scoreSamples(
    _ policy: toolreward_handle, _ truths: [String], _ tools: [toolreward_handle], _ completions: [String],
    threads: Int = 0
  ) -> (lines: String, scores: [Double], answer: Answer) {
    let texts = completions.map { cString($0) }
    let expected = truths.map { cString($0) }
    var pointers: [UnsafePointer<CChar>?] = []
    for text in texts + expected {
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
      copy.update(from: text, count: text.count)
      pointers.append(UnsafePointer(copy))
    }
    defer { for pointer in pointers { pointer?.deallocate() } }
    var scores = [Double](repeating: -1, count: completions.count)
    var lines: UnsafeMutablePointer<CChar>?
    var length = 0
    let answer = Answer {
      toolreward_score_samples(
        policy, Array(pointers.prefix(texts.count)), texts.map(\.count), Array(pointers.suffix(expected.count)),
        expected.map(\.count), [UInt8](repeating: 1, count: texts.count), tools, tools.count, texts.count, threads,
        &scores, nil, 0, &lines, &length, $0)
    }
    return (taken(lines, length), scores, answer)
  }

  /// What the command writes for records.
  static func scoreRecords(
    _ policy: toolreward_handle, _ records: String, firstLine: Int = 1
  ) -> (lines: String, answer: Answer) {
    let bytes = cString(records)
    var lines: UnsafeMutablePointer<CChar>?
    var length = 0
    let answer = Answer {
      toolreward_score_records(policy, bytes, bytes.count, firstLine, &lines, &length, $0)
    }
    return (taken(lines, length), answer)
  }

  static func componentCount(_ policy: toolreward_handle) -> Int {
    var count = -1
    #expect(Answer { toolreward_component_count(policy, &count, $0) }.isOK)
    return count
  }

  /// The text's bytes, without a NUL behind them.
  static func cString(_ text: String) -> [CChar] { text.utf8.map { CChar(bitPattern: $0) } }

  /// The text that the library returned; frees it.
  static func taken(_ text: UnsafeMutablePointer<CChar>?, _ length: Int) -> String {
    guard let text else { return "" }
    defer { toolreward_free(text) }
    #expect(text[length] == 0, "a NUL follows")
    return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
  }
}
