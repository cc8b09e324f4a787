import Foundation
import Testing

/// Runs the built command.
struct Run {
  var output = ""
  var errors = ""
  var status: Int32 = 0

  /// The products stand beside the test bundle.
  private static var command: URL {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0])
    for folder in [bundle.deletingLastPathComponent(), URL(fileURLWithPath: ".build/debug")] {
      let candidate = folder.appendingPathComponent("toolreward")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
    }
    return URL(fileURLWithPath: "toolreward")
  }

  init(_ arguments: [String], input: String = "") throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try Data(input.utf8).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = Self.command
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
    errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
  }

  /// Starts the command with pipes, to talk with it line by line.
  static func coprocess(_ arguments: [String]) throws -> (process: Process, input: FileHandle, output: FileHandle) {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = command
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    return (process, input.fileHandleForWriting, output.fileHandleForReading)
  }
}

private let good = #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":1}}]</tool_call>"#
private let truth = #"[{"name":"f","arguments":{"a":1}}]"#
private let whole = #""components":{"reasoning":1,"format":1,"names":1,"calls":1},"findings":[]}"#
private let nothing = #""components":{"reasoning":null,"format":null,"names":null,"calls":null},"findings":[]"#

/// The repository's folder.
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

@Suite struct ScoreCommandTests {
  @Test func linesAreAnswered() throws {
    let run = try Run(
      ["score", "-"],
      input: """
        {"id":"a","completion":"\(good)","ground_truth":\(truth)}

        {"completions":["\(good)","no"],"ground_truth":\(truth)}
        not json
        {"id":5,"completion":"\(good)"}
        {"id":"z","completion":"\(good)","ground_truth":[]}
        """)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    #expect(lines.first == #"{"id":"a","score":1,\#(whole)"#)
    #expect(lines.dropFirst().first == #"{"id":3,"index":0,"score":1,\#(whole)"#)
    #expect(lines.dropFirst(2).first?.hasPrefix(#"{"id":3,"index":1,"score":0,"components":{"reasoning":0,"#) == true)
    #expect(
      lines.dropFirst(3).first
        == #"{"id":4,"score":null,\#(nothing),"error":{"line":4,"code":"malformed_json","message":"the line is not a JSON record: not JSON (byte 1)"}}"#
    )
    #expect(
      lines.dropFirst(4).first?.hasPrefix(
        #"{"id":5,"score":null,\#(nothing),"error":{"line":5,"code":"missing_ground_truth","#) == true)
    #expect(lines.last?.hasPrefix(#"{"id":"z","score":0,"#) == true)
    #expect(run.status == 1)
    #expect(
      run.errors
        == "toolreward: 2 of 6 samples could not be judged; the first: -, line 4: the line is not a JSON record: not JSON (byte 1)\n"
    )
  }

  @Test(
    arguments: [
      (["score"], 64, "Missing expected argument '<in> ...'"), (["score", "-", "-"], 64, "can be read once only"),
      (["score", "--reward", "no", "-"], 64, "There is no reward 'no', and no such file. The rewards are: tool-n1, "),
      (["score", "--format", "no", "-"], 64, "There is no format 'no', and no such file. The formats are: tool-n1, "),
      (["score", "--format", "hermes", "-"], 64, "leave the format out, or use the reward exact-match with it"),
      (["score", "--reward", "exact-match", "--leniency", "no", "-"], 64, "the leniencies are: trailing_comma, "),
      (["score", "--leniency", "trailing_comma", "-"], 64, "follows published code and has no leniencies"),
      (["score", "--view", "no", "-"], 64, "'--view <view>'"),
      (["score", "--jobs", "-1", "-"], 64, "jobs"),
      (["score", "--id-field", "a..b", "-"], 64, "--id-field has an empty name"),
      (["score", "/nonexistent.jsonl"], 66, "cannot open /nonexistent.jsonl: No such file or directory"),
      (["score", "-", "-o", "/nonexistent/x"], 74, "cannot create /nonexistent/x: No such file or directory"),
      (["score", "-", "-o", "/dev/full"], 74, "cannot write /dev/full: No space left on device"),
      (["score", "-o", "x", "x"], 64, "x is both input and output"),
    ] as [([String], Int32, String)])
  func mistakes(_ arguments: [String], _ status: Int32, _ message: String) throws {
    let run = try Run(arguments, input: #"{"completion":"x","ground_truth":[]}"#)
    #expect(run.status == status)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    ("[\n{}\n]\n", "is a JSON array, not JSON Lines"), ("\u{1F}\u{8B}x", "no line of it is JSON"),
    ("hello\n", "no line of it is JSON"),
  ])
  func wrongInput(_ input: String, _ message: String) throws {
    let run = try Run(["score", "-"], input: input)
    #expect(run.status == 65)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test func options() throws {
    let message =
      #"{"role":"assistant","reasoning_content":"x","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}"#
    let structured = try Run(
      ["score", "--view", "structured", "-"], input: #"{"id":"a","completion":\#(message),"ground_truth":\#(truth)}"#)
    #expect(structured.output == #"{"id":"a","score":1,\#(whole)"# + "\n")
    let prefilled = try Run(
      ["score", "--view", "prefilled", "-"],
      input:
        #"{"id":"a","completion":"x</think><tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1}}</tool_call>","ground_truth":\#(truth)}"#
    )
    #expect(prefilled.output == #"{"id":"a","score":1,\#(whole)"# + "\n")
    let fields = try Run(
      ["score", "--id-field", "meta.id", "--completion-field", "text", "--ground-truth-field", "gold", "-"],
      input: #"{"meta":{"id":"q"},"text":"\#(good)","gold":"[]"}"#)
    #expect(fields.output.hasPrefix(#"{"id":"q","score":0,"#))
    let hermes = try Run(
      ["score", "--reward", "exact-match", "--format", "hermes", "--leniency", "trailing_comma", "--summary", "-"],
      input:
        #"{"completion":"<think>x</think><tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1,}}</tool_call>","ground_truth":\#(truth)}"#
    )
    #expect(hermes.output.contains(#""score":1,"#))
    #expect(hermes.output.contains(#""code":"leniency_trailing_comma","severity":"info""#))
    #expect(
      hermes.errors
        == "reward      exact-match\nsamples     1\nunscorable  0\nmean score  1.0000\n  reasoning   1.0000\n  format      1.0000\n  names       1.0000\n  calls       1.0000\n  schema      not checked\nfindings    samples, of these one\n  leniency_trailing_comma     1, 1\n"
    )
  }

  /// A trainer may hold the command: each line is answered before the next is sent.
  @Test(arguments: ["1", "2"])
  func coprocess(_ jobs: String) throws {
    let (process, input, output) = try Run.coprocess(["score", "--jobs", jobs, "-"])
    for index in 0..<20 {
      input.write(Data((#"{"id":\#(index),"completion":"\#(good)","ground_truth":\#(truth)}"# + "\n").utf8))
      let answer = String(decoding: output.availableData, as: UTF8.self)
      #expect(answer == #"{"id":\#(index),"score":1,\#(whole)"# + "\n")
    }
    input.closeFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}

@Suite struct LongRunTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")

  private func path(_ name: String, _ text: String? = nil) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appendingPathComponent(name)
    if let text { try Data(text.utf8).write(to: url) }
    return url.path
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  /// Whatever of the output stands, cut at any byte: resumed, it is the whole.
  @Test func resume() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var lines = (0..<6).map { #"{"id":"\#($0)","completion":"\#(good)","ground_truth":\#(truth)}"# }
    lines.insert(#"{"completions":["\#(good)","no","\#(good)"],"ground_truth":\#(truth)}"#, at: 3)
    lines.insert("", at: 2)
    lines.insert("not json", at: 5)
    let input = try path("in.jsonl", lines.joined(separator: "\n"))
    let output = try path("out.jsonl")
    let manifest = try path("run.json")
    let whole = try Run(["score", input, "-o", output, "--manifest", manifest])
    #expect(whole.status == 1)
    let expected = try text(output)
    let ran = try text(manifest)
    for cut in stride(from: 0, through: expected.utf8.count, by: 97) {
      try Data(expected.utf8.prefix(cut)).write(to: URL(fileURLWithPath: output))
      #expect(try Run(["score", input, "-o", output, "--resume", "--manifest", manifest]).status == 1)
      #expect(try text(output) == expected, "cut at \(cut)")
      #expect(try text(manifest) == ran, "cut at \(cut)")
    }
    // Another run's output is left as it is.
    try Data((expected + expected).utf8).write(to: URL(fileURLWithPath: output))
    let other = try Run(["score", input, "-o", output, "--resume"])
    #expect(other.status == 65)
    #expect(other.errors.contains("another run's"))
    #expect(try text(output) == expected + expected)
  }

  @Test func nothingIsOverwritten() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let line = #"{"completion":"x","ground_truth":[]}"#
    let input = try path("in.jsonl", line)
    let link = try path("link.jsonl")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: input)
    for output in [link, folder.path + "/./in.jsonl"] {
      let run = try Run(["score", input, "-o", output])
      #expect(run.status == 64)
      #expect(run.errors.contains("is both input and output"))
      #expect(try text(input) == line)
    }
    let precious = try path("precious.jsonl", "keep")
    #expect(try Run(["score", folder.path + "/nothing.jsonl", "-o", precious]).status == 66)
    #expect(try text(precious) == "keep")
  }

  @Test func manifestAndThreshold() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = try path("in.jsonl", #"{"id":"a","completion":"\#(good)","ground_truth":\#(truth)}"# + "\n")
    let manifest = try path("run.json")
    #expect(try Run(["score", input, "--fail-under", "1", "--manifest", manifest]).status == 0)
    let json = try text(manifest)
    for part in [
      #""samples": 1"#, #""name": "tool-n1""#,
      #""formula": "sum of score / number of samples whose score is not null""#, #""version": ""#,
    ] {
      #expect(json.contains(part), "\(part)")
    }
    let missed = try Run(["score", input, "--fail-under", "1.1"])
    #expect(missed.status == 2)
    #expect(missed.errors == "toolreward: the mean score is 1.0000; --fail-under asks for 1.1\n")
    #expect(try Run(["score", "-", "--resume"]).status == 64)
  }

  @Test func oneBadCompletionCostsNoOther() throws {
    let run = try Run(
      ["score", "-"], input: #"{"id":"g","completions":["\#(good)",null,"\#(good)"],"ground_truth":\#(truth)}"#)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(lines[0] == #"{"id":"g","index":0,"score":1,\#(whole)"#)
    #expect(lines[1].contains(#""index":1,"score":null"#) && lines[1].contains(#"\"completions\"[1] must be a string"#))
    #expect(lines[2] == #"{"id":"g","index":2,"score":1,\#(whole)"#)
    let broken = try Run(["score", "-"], input: #"{"id":"abc","ground_truth":[]}"#)
    #expect(broken.output.hasPrefix(#"{"id":"abc","score":null"#))
    let parsed = try Run(["parse", "--view", "structured", "-"], input: #"{"id":"s","completion":{"content":5}}"#)
    #expect(parsed.output.hasPrefix(#"{"id":"s","calls":[]"#) && parsed.output.contains("invalid_completion"))
    #expect(parsed.status == 1)
  }

  @Test func explain() throws {
    let fixtures = root.appendingPathComponent("Fixtures/completions.jsonl").path
    let run = try Run(["explain", fixtures, "--id", "wrong argument"])
    #expect(
      run.output == """
        sample "wrong argument", line 2, reward tool-n1: 0
          reasoning 1, format 1, names 1, calls 0

          <think>Three nights.</think>
          <tool_call>[{"name": "book_hotel", "arguments": {"nights": "3"}}]</tool_call>
                                                                     1~~

        1 error wrong_argument at /nights, bytes 88–91: an argument has another value than expected
            expected  3
            came      "3"

        """)
    #expect(
      try Run(["explain", fixtures, "--line", "3", "--color"]).output.contains("\u{1B}[1msample \"no call\", line 3"))
    #expect(try Run(["explain", fixtures, "--id", "nobody"]).status == 65)
    let hostile = try Run(
      ["explain", "-", "--reward", "strict"],
      input: #"{"completion":"<think>\u001b[2J\u0007</think>\u202e","ground_truth":[]}"#)
    #expect(
      !hostile.output.contains("\u{1B}") && !hostile.output.contains("\u{202E}"),
      "control characters are shown, not sent")
  }

  @Test func filesOfOnesOwn() throws {
    let reward = root.appendingPathComponent("Fixtures/reward.json").path
    let format = root.appendingPathComponent("Fixtures/format.json").path
    let input =
      #"{"id":"a","completion":"[THINK]x[/THINK][CALL]{\"tool\":\"f\",\"args\":{\"a\":1}}[/CALL]","ground_truth":\#(truth)}"#
    let run = try Run(["score", "--reward", reward, "--format", format, "--step", "50", "-"], input: input)
    #expect(run.output.hasPrefix(#"{"id":"a","score":0.8,"components":{"strict":1,"#))
    defer { try? FileManager.default.removeItem(at: folder) }
    let wrong = try path("wrong.json", "{\"name\":\"x\",\n\"reward\":\"no\"}")
    let refused = try Run(["score", "--reward", wrong, "-"], input: input)
    #expect(refused.status == 64)
    #expect(refused.errors.contains("\(wrong):2:10: /reward: there is no reward \"no\""))
    #expect(try Run(["score", "--reward", "nowhere.json", "-"], input: input).status == 66)
  }
}

@Suite struct OtherCommandTests {
  @Test func parse() throws {
    let run = try Run(
      ["parse", "--format", "hermes", "-"],
      input:
        #"{"id":"a","completion":"<think>é</think><tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1.0}}</tool_call>!"}"#
        + "\nnope\n")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      lines.first
        == #"{"id":"a","calls":[{"name":"f","arguments":{"a":1.0},"status":"ok","range":[17,74]}],"segments":[{"kind":"reasoning","range":[0,17]},{"kind":"call","range":[17,74]},{"kind":"text","range":[74,75]}],"diagnostics":[]}"#
    )
    #expect(
      lines.last?.hasPrefix(
        #"{"id":2,"calls":[],"segments":[],"diagnostics":[],"error":{"line":2,"code":"malformed_json","#) == true)
    #expect(run.status == 1)
  }

  @Test func lists() throws {
    let formats = try Run(["formats", "--json"])
    #expect(formats.output.split(separator: "\n").map { $0.prefix(22) }.contains(#"{"name":"hermes","summ"#))
    let rewards = try Run(["rewards", "--json"])
    #expect(rewards.output.split(separator: "\n").count == 15)
    #expect(rewards.output.hasPrefix(#"{"name":"tool-n1","summary":""#))
    #expect(try Run(["rewards"]).output.contains("exact-match\n  "))
    #expect(try Run(["--help"]).output.contains("EXAMPLES"))
    #expect(try Run(["score", "--help"]).output.contains("zcat rollouts.jsonl.gz | toolreward score -"))
  }

  /// What the README shows is what comes out.
  @Test func fixture() throws {
    let path = root.appendingPathComponent("Fixtures/completions.jsonl").path
    let run = try Run(["score", path])
    #expect(run.status == 0)
    let scores = run.output.split(separator: "\n").map { $0.split(separator: ",")[1] }
    #expect(scores == [#""score":1"#, #""score":0"#, #""score":1"#, #""score":0"#, #""score":0"#])
  }
}
