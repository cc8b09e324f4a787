#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolReward
internal import ToolRewardData
public import ToolRewardHeader

// The functions of toolreward.h, which says what each does: here is only how.

/// Lives as long as the library.
nonisolated(unsafe) private let version = unsafe strdup(toolRewardVersion)
private let unknownVersion: StaticString = "unknown"

@c @implementation
public func toolreward_version() -> UnsafePointer<CChar> {
  if let version = unsafe version { return unsafe UnsafePointer(version) }
  return unsafe UnsafeRawPointer(unknownVersion.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func toolreward_policy_create(
  _ options: UnsafePointer<CChar>?, _ optionsLength: Int, _ policy: UnsafeMutablePointer<toolreward_handle>?,
  _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let policy = unsafe policy else { throw .argument("policy is null") }
    let text = unsafe try Input.bytes(options, optionsLength, "options")
    unsafe policy.pointee = try Objects.add(.policy(try Input.policy(Array(text))))
  }
}

@c @implementation
public func toolreward_policy_describe(
  _ policy: toolreward_handle, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ length: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let json = unsafe json else { throw .argument("json is null") }
    unsafe try Output.give([try Objects.policy(policy).json], to: json, length)
  }
}

@c @implementation
public func toolreward_component_count(
  _ policy: toolreward_handle, _ count: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let count = unsafe count else { throw .argument("count is null") }
    unsafe count.pointee = try Objects.policy(policy).componentCount
  }
}

@c @implementation
public func toolreward_tools_create(
  _ json: UnsafePointer<CChar>?, _ length: Int, _ tools: UnsafeMutablePointer<toolreward_handle>?,
  _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let tools = unsafe tools else { throw .argument("tools is null") }
    let text = unsafe try Input.bytes(json, length, "json")
    unsafe tools.pointee = try Objects.add(.tools(try Input.tools(text.span)))
  }
}

@c @implementation
public func toolreward_task_create(
  _ policy: toolreward_handle, _ groundTruth: UnsafePointer<CChar>?, _ length: Int, _ tools: toolreward_handle,
  _ task: UnsafeMutablePointer<toolreward_handle>?, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let task = unsafe task else { throw .argument("task is null") }
    let policy = try Objects.policy(policy)
    let tools = tools == 0 ? nil : try Objects.tools(tools)
    let text = unsafe try Input.bytes(groundTruth, length, "ground_truth")
    unsafe task.pointee = try Objects.add(.task(try Input.task(text.span, policy, tools)))
  }
}

@c @implementation
public func toolreward_release(
  _ handle: toolreward_handle, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    // What is released goes once the lock is given back.
    let object = LibraryLock.withTable { $0.remove(handle) }
    if object == nil { throw .handle("policy, tools or task") }
  }
}

@c @implementation
public func toolreward_score(
  _ task: toolreward_handle, _ completion: UnsafePointer<CChar>?, _ completionLength: Int,
  _ score: UnsafeMutablePointer<Double>?, _ components: UnsafeMutablePointer<Double>?, _ componentsCapacity: Int,
  _ line: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ lineLength: UnsafeMutablePointer<Int>?,
  _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let score = unsafe score else { throw .argument("score is null") }
    let text = unsafe try Input.bytes(completion, completionLength, "completion")
    let (task, room) = try Objects.taskAndRoom(task)
    let policy = task.policy
    defer { LibraryLock.withTable { _ in policy.giveBack(room) } }
    if unsafe components != nil, componentsCapacity < policy.componentCount {
      throw .argument(
        "components has room for \(UInt(bitPattern: componentsCapacity)) numbers; there are \(policy.componentCount)")
    }
    let verdict = unsafe room.verdict(text.span, task.task, isBrief: line == nil)
    if let line = unsafe line {
      var bytes: [UInt8] = []
      policy.writer.append(verdict, id: [0x31], to: &bytes)
      unsafe try Output.give([bytes], to: line, lineLength)
    }
    unsafe score.pointee = verdict.score ?? .nan
    if let components = unsafe components {
      unsafe verdict.write(to: components, count: policy.componentCount)
    }
  }
}

@c @implementation
public func toolreward_score_batch(
  _ policy: toolreward_handle, _ tasks: UnsafePointer<toolreward_handle>?, _ taskCount: Int,
  _ completions: UnsafePointer<CChar>?, _ completionsLength: Int, _ offsets: UnsafePointer<Int64>?, _ count: Int,
  _ threads: Int, _ scores: UnsafeMutablePointer<Double>?, _ components: UnsafeMutablePointer<Double>?,
  _ componentsCapacity: Int, _ lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ linesLength: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    let texts = unsafe try BatchTexts(Input.bytes(completions, completionsLength, "completions"), offsets, count)
    let results = unsafe BatchResults(
      scores: scores, components: components, componentsCapacity: componentsCapacity, lines: lines,
      linesLength: linesLength)
    unsafe try score(
      texts, count, policy, UnsafeBufferPointer(start: tasks, count: max(0, taskCount)), threads, results)
  }
}

@c @implementation
public func toolreward_score_texts(
  _ policy: toolreward_handle, _ tasks: UnsafePointer<toolreward_handle>?, _ taskCount: Int,
  _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int, _ threads: Int,
  _ scores: UnsafeMutablePointer<Double>?, _ components: UnsafeMutablePointer<Double>?, _ componentsCapacity: Int,
  _ lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ linesLength: UnsafeMutablePointer<Int>?,
  _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    let texts = unsafe try BatchTexts(texts, lengths, count)
    let results = unsafe BatchResults(
      scores: scores, components: components, componentsCapacity: componentsCapacity, lines: lines,
      linesLength: linesLength)
    unsafe try score(
      texts, count, policy, UnsafeBufferPointer(start: tasks, count: max(0, taskCount)), threads, results)
  }
}

@c @implementation
public func toolreward_score_samples(
  _ policy: toolreward_handle, _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?,
  _ truths: UnsafePointer<UnsafePointer<CChar>?>?, _ truthLengths: UnsafePointer<Int>?,
  _ truthsAreValues: UnsafePointer<UInt8>?, _ tools: UnsafePointer<toolreward_handle>?, _ toolsCount: Int,
  _ count: Int, _ threads: Int, _ scores: UnsafeMutablePointer<Double>?, _ components: UnsafeMutablePointer<Double>?,
  _ componentsCapacity: Int, _ lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ linesLength: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    let texts = unsafe try BatchTexts(texts, lengths, count)
    let truths = unsafe try BatchTexts(truths, truthLengths, count, "truths")
    guard toolsCount == 0 || (unsafe tools != nil) && (toolsCount == 1 || toolsCount == count) else {
      throw .argument("tools must be one for each of the \(count) completions, one for all, or none")
    }
    let results = unsafe BatchResults(
      scores: scores, components: components, componentsCapacity: componentsCapacity, lines: lines,
      linesLength: linesLength)
    let object = try Objects.policy(policy)
    let toolObjects = unsafe try Objects.tools(UnsafeBufferPointer(start: tools, count: toolsCount))
    guard try isDue(count, object, results) else { return }
    let tasks = unsafe BatchTasks.texts(TruthTexts(texts: truths, areValues: truthsAreValues, tools: toolObjects))
    let written = run(tasks, texts, count, object, threads, results)
    if let lines = unsafe results.lines { unsafe try Output.give(written, to: lines, results.linesLength) }
  }
}

@c @implementation
public func toolreward_gather_texts(
  _ objects: UnsafePointer<UnsafeMutableRawPointer?>?, _ count: Int,
  _ textOf: (@convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>?)?,
  _ texts: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafeMutablePointer<Int>?
) -> Int {
  guard let objects = unsafe objects, let textOf = unsafe textOf, let texts = unsafe texts,
    let lengths = unsafe lengths, count > 0
  else {
    return 0
  }
  for index in 0..<count {
    var length = 0
    guard let text = unsafe textOf(objects[index], &length) else { return index }
    unsafe texts[index] = text
    unsafe lengths[index] = length
  }
  return count
}

@c @implementation
public func toolreward_score_records(
  _ policy: toolreward_handle, _ records: UnsafePointer<CChar>?, _ length: Int, _ firstLine: Int,
  _ lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ linesLength: UnsafeMutablePointer<Int>?,
  _ error: UnsafeMutablePointer<toolreward_error>?
) -> toolreward_code {
  unsafe attempt(error) { () throws(Failure) in
    guard let lines = unsafe lines else { throw .argument("lines is null") }
    let text = unsafe try Input.bytes(records, length, "records")
    guard firstLine >= 0, firstLine < 1 << 62 else { throw .argument("first_line is beyond what a line can be") }
    let (policy, room) = try Objects.policyAndRoom(policy)
    defer { LibraryLock.withTable { _ in policy.giveBack(room) } }
    unsafe try Output.give([room.lines(ofRecords: text.span, firstLine: firstLine)], to: lines, linesLength)
  }
}

@c @implementation
public func toolreward_free(_ text: UnsafeMutablePointer<CChar>?) {
  unsafe free(text)
}

/// Runs a function's body; tells of its failure.
private func attempt(
  _ error: UnsafeMutablePointer<toolreward_error>?, _ body: () throws(Failure) -> Void
) -> toolreward_code {
  do throws(Failure) {
    try body()
    return 0
  } catch let failure {
    unsafe failure.write(to: error)
    return failure.code
  }
}

/// Scores a batch of compiled tasks, wherever its texts are.
private func score(
  _ texts: BatchTexts, _ count: Int, _ policy: toolreward_handle, _ tasks: UnsafeBufferPointer<toolreward_handle>,
  _ threads: Int, _ results: BatchResults
) throws(Failure) {
  let object = try Objects.policy(policy)
  guard try isDue(count, object, results) else { return }
  guard unsafe tasks.baseAddress != nil, tasks.count == count || tasks.count == 1 else {
    throw .argument("tasks must be one for each of the \(count) completions, or one for all; there are \(tasks.count)")
  }
  var written: [[UInt8]] = []
  unsafe try Objects.withTasks(tasks, of: object) { tasks in
    written = unsafe run(.compiled(tasks), texts, count, object, threads, results)
  }
  if let lines = unsafe results.lines { unsafe try Output.give(written, to: lines, results.linesLength) }
}

/// Checks where results go. Returns whether there is anything to do; for an empty batch everything is done.
private func isDue(_ count: Int, _ policy: PolicyObject, _ results: BatchResults) throws(Failure) -> Bool {
  if count == 0 {
    if let lines = unsafe results.lines { unsafe try Output.give([], to: lines, results.linesLength) }
    return false
  }
  guard unsafe results.scores != nil else { throw .argument("scores is null") }
  if unsafe results.components != nil {
    let (needed, overflow) = count.multipliedReportingOverflow(by: policy.componentCount)
    guard !overflow, results.componentsCapacity >= needed else {
      throw .argument(
        "components has room for \(UInt(bitPattern: results.componentsCapacity)) numbers; \(count) completions have \(policy.componentCount) each"
      )
    }
  }
  return true
}

/// Scores, and gives the lines that are wanted.
private func run(
  _ tasks: BatchTasks, _ texts: BatchTexts, _ count: Int, _ policy: PolicyObject, _ threads: Int,
  _ results: BatchResults
) -> [[UInt8]] {
  guard let scores = unsafe results.scores else { return [] }
  let batch = unsafe Batch(
    policy: policy, tasks: tasks, texts: texts, count: count, scores: scores, components: results.components,
    wantsLines: results.lines != nil)
  batch.run(threads: threads <= 0 ? Batch.processorCount : threads)
  return batch.lines
}
