import Foundation
import Testing

private let tools = #"[{\"name\":\"f\",\"parameters\":{\"a\":{\"type\":\"int\"}}}]"#
private func row(_ number: Int, _ argument: String = "1") -> String {
  #"{"id":\#(number),"query":"q \#(number)","answers":"[{\"name\":\"f\",\"arguments\":{\"a\":\#(argument)}}]","tools":"\#(tools)"}"#
}

@Suite struct DataCommandTests {
  @Test func importTellsOfEachRow() throws {
    let run = try Run(["import", "-"], input: [row(1), "{", row(3), ""].joined(separator: "\n"))
    #expect(run.status == 1)
    #expect(run.output.split(separator: "\n").count == 2)
    #expect(run.output.hasPrefix(#"{"id":1,"source":{"file":"-","line":1,"format":"xlam"},"messages":"#))
    #expect(run.errors.contains("-: 3 rows (xlam 2), 2 records, 2 tasks from 2"))
    #expect(run.errors.contains("without a task: unreadable 1"))
    #expect(run.errors.contains("toolreward: -:2: the row is cut off"))
  }

  @Test(
    arguments: [
      (["import", "/nonexistent/x"], 66, "No such file"), (["import", "/tmp"], 74, "directory"),
      (["import", "-", "--from", "nope"], 64, "There is no format 'nope'"),
      (["import"], 64, "Missing expected argument"),
      (["prepare", "-", "--to", "nope"], 64, "There is no shape 'nope'"),
      (["prepare", "-", "--prompt", "nope"], 64, "There is no prompt 'nope'"),
      (["prepare", "-", "--dedup", "nope"], 64, "--dedup must be"),
      (["prepare", "-", "--mask", "2"], 64, "--mask must be from 0 to 1"),
      (["prepare", "-", "-o", "a", "--test", "a"], 64, "Two outputs"),
      (["prepare", "-", "--test", "-"], 64, "Two outputs"),
      (["prepare", "-", "--test-part", "0.2"], 64, "--test FILE"),
      (["prepare", "-", "--distil-over", "0.2"], 64, "--distil REWARD"),
      (["prepare", "-", "--tools-as-text"], 64, "--to trl"),
      (["audit", "-", "--reward", "tool-rl"], 64, "--reward must be"),
      (["audit", "-", "--fail-over", "x=1"], 64, "There is no rule 'x'"),
      (["audit", "-", "--fail-over", "2"], 64, "--fail-over must be"),
    ] as [([String], Int32, String)])
  func mistakesAreTold(_ arguments: [String], _ status: Int32, _ message: String) throws {
    let run = try Run(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(message))
  }

  @Test func inputsThatAreSomethingElse() throws {
    #expect(try Run(["import", "-"], input: "PAR1xxxx").status == 65)
    #expect(try Run(["import", "-"], input: "PAR1xxxx").errors.contains("pyarrow"))
    #expect(try Run(["audit", "-"], input: "no json").status == 65)
    #expect(try Run(["import", "-"], input: "").errors.contains("no rows"))
  }

  @Test func prepareIsTheSameForTheSameSeed() throws {
    let input = "[" + (1...300).map { row($0) }.joined(separator: ",") + "," + row(7) + "]"
    func prepare(_ arguments: String...) throws -> Run {
      try Run(["prepare", "-", "--to", "verl"] + arguments, input: input)
    }
    let first = try prepare("--seed", "3", "-j", "1")
    #expect(first.status == 0)
    #expect(first.output.split(separator: "\n").count == 300)
    #expect(try prepare("--seed", "3", "-j", "4").output == first.output)
    #expect(try prepare("--seed", "4").output != first.output)
    #expect(first.errors.contains("300"))
    #expect(try prepare("--dedup", "none", "-q").output.split(separator: "\n").count == 301)
    let ordered = try prepare("--no-shuffle").output.split(separator: "\n")
    #expect(ordered[0].hasPrefix(#"{"id":"1","#) && ordered[299].hasPrefix(#"{"id":"300","#))
  }

  @Test func prepareSplits() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (train, test) = (folder.appendingPathComponent("train").path, folder.appendingPathComponent("test").path)
    let report = folder.appendingPathComponent("report").path
    let run = try Run(
      ["prepare", "-", "-o", train, "--test", test, "--test-part", "0.25", "--report", report, "-q"],
      input: (1...20).map { row($0) }.joined(separator: "\n"))
    #expect(run.status == 0 && run.errors.isEmpty)
    let parts = try [train, test].map {
      try String(contentsOfFile: $0, encoding: .utf8).split(separator: "\n").map(String.init)
    }
    #expect(parts.map(\.count) == [15, 5])
    #expect(Set(parts[0] + parts[1]).count == 20)
    let counts = try String(contentsOfFile: report, encoding: .utf8)
    #expect(counts.contains("\"rows\": 20") && counts.contains("\"kept\": 20"))
    for option in ["--test", "--report"] {
      let other = folder.path + "/./train"
      let clash = try Run(["prepare", "-", "-o", train, option, other, "-q"], input: row(1))
      #expect(clash.status == 64 && clash.errors.contains(other))
    }
  }

  @Test func auditHasThresholds() throws {
    let input = [row(1), row(2, #"\"x\""#), row(3), row(3)].joined(separator: "\n")
    let run = try Run(["audit", "-", "--offenders", "/dev/stderr"], input: input)
    #expect(run.status == 0)
    #expect(run.output.contains("4 rows, 4 tasks, 4 right calls, 4 arguments; 2 rows (50.00%) have a fault"))
    #expect(run.errors.contains(#""line":2,"id":2,"rule":"type_mismatch","call":0,"tool":"f","pointer":"/a""#))
    #expect(run.errors.contains(#""line":4,"id":3,"rule":"duplicate""#))
    #expect(try Run(["audit", "-", "--fail-over", "0.4"], input: input).status == 2)
    #expect(
      try Run(["audit", "-", "--fail-over", "0.5", "--fail-over", "type_mismatch=0.25"], input: input).status == 0)
    #expect(try Run(["audit", "-", "--fail-over", "type_mismatch=0.2"], input: input).status == 2)
    let page = try Run(["audit", "-", "--html", "/dev/stderr"], input: input)
    #expect(page.errors.hasPrefix("<!DOCTYPE html>") && page.errors.hasSuffix("</html>\n"))
  }

  /// Answers in a file of their own: what is wrong with them is told, and what it ends with.
  @Test(
    arguments: [
      (#"{"id":"a","ground_truth":[{"f":{"x":[1]}}]}"#, 0, "1 tasks from 1"),
      (#"[{"id":"b","ground_truth":[]},\n{"id":"a","ground_truth":[{"f":{"x":[1]}}]}]"#, 0, "1 tasks from 1"),
      ("\u{FEFF}{\"id\":\"a\",\"ground_truth\":[{\"f\":{\"x\":[1]}}]}", 0, "1 tasks from 1"),
      ("garbage", 65, ":1: the answer's row is not JSON"),
      (#"{"id":"c","ground_truth":[]}"#, 65, "no \"id\" is the same"), ("", 65, "no \"id\" is the same"),
      (
        "{\"id\":\"a\",\"ground_truth\":[]}\n{\"id\":\"a\",\"ground_truth\":[{\"f\":{}}]}", 65,
        ":2: the question of this id has another answer in"
      ),
    ] as [(String, Int32, String)])
  func answersOfTheirOwn(_ answers: String, _ status: Int32, _ message: String) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)").path
    try answers.replacingOccurrences(of: "\\n", with: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let question = #"{"id":"a","question":[[{"role":"user","content":"q"}]],"function":[{"name":"f"}]}"#
    for command in ["import", "prepare", "audit"] {
      let run = try Run([command, "-", "--answers", path], input: question)
      #expect(run.status == status, "\(command): \(run.errors)")
      if command == "import" || status != 0 { #expect(run.errors.contains(message), "\(command): \(run.errors)") }
    }
  }

  @Test func nothingMeetsNoThreshold() throws {
    for input in ["", "[]", "\u{FEFF}"] {
      let run = try Run(["audit", "-", "--fail-over", "0"], input: input)
      #expect(run.status == 65 && run.errors.contains("no rows"))
      #expect(try Run(["audit", "-"], input: input).status == 0)
      let read = try Run(["import", "-"], input: input)
      #expect(read.status == 0 && read.errors.contains("no rows"))
    }
  }

  @Test func whatIsLostIsNamed() throws {
    let input =
      #"{"id":"d","conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{}}"},{"from":"observation","value":"r"},{"from":"function_call","value":"?"}],"tools":[{"name":"f"}]}"#
    let run = try Run(["import", "-", "-q", "--dropped", "/dev/stderr"], input: input)
    #expect(run.status == 0)
    #expect(run.errors.contains(#""code":"unparsable_call""#) && run.errors.contains(#""line":1,"id":"d","turn":3}"#))
    let broken = "[\n" + row(1) + ",\n" + row(2).replacingOccurrences(of: "q 2\"", with: "q 2") + ",\n" + row(3) + "\n]"
    let mended = try Run(["import", "-"], input: broken)
    #expect(mended.status == 1)
    #expect(mended.output.split(separator: "\n").count == 2)
    #expect(mended.errors.contains("-:3: ") && mended.errors.contains("the next line that begins a row"))
    let cut = try Run(["import", "-"], input: "[{\"query\":\"q},{\"query\":\"r\"}]")
    #expect(cut.errors.contains("to the end of the file are read as part of it"))
  }
}
