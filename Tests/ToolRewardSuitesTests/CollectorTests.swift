import Foundation
import Synchronization
import Testing
import ToolReward
import ToolRewardPrompts
@testable import ToolRewardSuites

/// A server of the test's own: replies in order, then the last again; what it was asked, and how long was waited.
private final class ScriptedServer: HTTPTransport {
  struct State {
    var script: [Result<HTTPReply, TransportError>]
    var asked: [HTTPPost] = []
    var waits: [Duration] = []
    var flying = 0
    var mostFlying = 0
  }
  let state: Mutex<State>
  let delay: Duration

  init(_ script: [Result<HTTPReply, TransportError>] = [], delay: Duration = .zero) {
    state = Mutex(State(script: script))
    self.delay = delay
  }

  func send(_ post: HTTPPost) async throws(TransportError) -> HTTPReply {
    let next: Result<HTTPReply, TransportError>? = state.withLock { state in
      state.asked.append(post)
      state.flying += 1
      state.mostFlying = max(state.mostFlying, state.flying)
      guard state.script.count > 1 else { return state.script.first }
      return state.script.removeFirst()
    }
    if delay > .zero { try? await Task.sleep(for: delay) } else { await Task.yield() }
    state.withLock { $0.flying -= 1 }
    if Task.isCancelled { throw .cancelled }
    return try next?.get() ?? echo(post)
  }

  var asked: [HTTPPost] { state.withLock { $0.asked } }
  var waits: [Duration] { state.withLock { $0.waits } }
}

/// A good reply: what was asked, told from others by its digest.
private func echo(_ post: HTTPPost) -> HTTPReply { good("it is \(post.body.count)") }

private func good(_ text: String, finish: String = "stop") -> HTTPReply {
  HTTPReply(
    status: 200,
    body: Array(#"{"choices":[{"text":"\#(text)","finish_reason":"\#(finish)"}]}"#.utf8))
}

private func bad(_ status: Int, _ body: String = "", _ headers: [(String, String)] = []) -> HTTPReply {
  HTTPReply(
    status: status, headers: headers.map { HTTPPost.Header(name: $0.0, value: $0.1) }, body: Array(body.utf8))
}

private let address = "http://127.0.0.1:1/v1"

private func suite(templates: Int = 1, cases: Int = 1) throws -> PromptSuite {
  PromptSuite(
    templates: (0..<templates).map {
      .init(name: "t\($0)", renderer: SmallTemplate(opensThink: $0 == 1), format: .hermes)
    },
    cases: try (0..<cases).map {
      try suiteCase("c\($0)", messages: #"[{"role":"user","content":"Number \#($0)?"}]"#)
    }, checks: [.renders, PromptCheck(.noCall)])
}

private func collect(
  _ suite: PromptSuite, _ server: ScriptedServer, _ path: String, samples: Int = 1, concurrency: Int = 1,
  retries: Int = 3,
  key: String? = nil, interface: CompletionEndpoint.Interface = .completions, seed: Int? = nil,
  shouldStop: @escaping @Sendable () -> Bool = { false }
) async throws -> CompletionCollector.Collection {
  var endpoint = try CompletionEndpoint(baseURL: address, model: "m", interface: interface, samples: samples)
  endpoint.seed = seed
  var collector = try CompletionCollector(endpoint: endpoint, transport: server, key: key)
  collector.concurrency = concurrency
  collector.retries = RetryPolicy(retries: retries)
  collector.seed = 1
  collector.sleep = { wait in server.state.withLock { $0.waits.append(wait) } }
  let store = try CompletionStore(path: path)
  let found = try await collector.collect(suite, into: store, shouldStop: shouldStop)
  // What every run must hold.
  let progress = found.progress
  #expect(progress.done == found.completions.count)
  #expect(progress.done + progress.failed <= progress.wanted)
  #expect(progress.kept <= progress.done)
  #expect(
    progress.wasStopped == (found.hopeless == nil && progress.done + progress.failed < progress.wanted))
  let again = try SuiteCompletions(file: path)
  #expect(again.count >= found.completions.count)
  if let key { #expect(!String(decoding: try LineSourceBytes.read(path), as: UTF8.self).contains(key)) }
  return found
}

private enum LineSourceBytes {
  static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
}

@Suite struct CollectorTests {
  private func temporary() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("collect-\(UUID().uuidString).jsonl").path
  }

  @Test func asksForEachSampleOnce() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer()
    let suite = try suite(templates: 2, cases: 3)
    let first = try await collect(suite, server, path, samples: 2, concurrency: 4, seed: 7)
    #expect(server.asked.count == 12)
    #expect(server.state.withLock { $0.mostFlying } <= 4)
    #expect(first.progress.done == 12 && first.progress.kept == 0)
    // The second run asks for nothing, and adds nothing.
    let size = try LineSourceBytes.read(path).count
    let second = try await collect(suite, server, path, samples: 2, seed: 7)
    #expect(server.asked.count == 12)
    #expect(second.progress.kept == 12 && second.progress.done == 12)
    #expect(try LineSourceBytes.read(path).count == size)
    // Further samples are asked for, those there are not.
    let third = try await collect(suite, server, path, samples: 3, seed: 7)
    #expect(server.asked.count == 18 && third.progress.kept == 12)
    let seeds = server.asked.compactMap { try? ValueReader().read($0.body)["seed"]?.numberLiteral }
    #expect(Set(seeds) == ["7", "8", "9"])
  }

  @Test func whatIsAskedForIsTheKey() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer()
    _ = try await collect(suite(), server, path)
    // Another prompt, another seed, another interface: each is another question. The same prompt of another cell is not.
    _ = try await collect(suite(), server, path, seed: 1)
    #expect(server.asked.count == 2)
    var twins = try suite()
    twins.templates[0].name = "other"
    let found = try await collect(twins, server, path)
    #expect(server.asked.count == 2 && found.progress.kept == 1)
    // Rows of it are there all the same: the file can be read as completions.
    #expect(try SuiteCompletions(file: path).completions(template: "other", case: "c0").count == 1)
    var changed = try suite()
    changed.templates[0].renderer = SmallTemplate(opensThink: true)
    _ = try await collect(changed, server, path)
    #expect(server.asked.count == 3)
    // The template as it was: nothing is asked for, and the last row is the one that counts.
    _ = try await collect(suite(), server, path)
    #expect(server.asked.count == 3)
    let last = try #require(SuiteCompletions(file: path).completions(template: "t0", case: "c0").first)
    #expect(text(last.shown) == "it is \(server.asked[0].body.count)")
  }

  /// Failures that pass: the reply that comes in the end, and how long was waited between.
  @Test(arguments: [
    ("429 with seconds", bad(429, #"{"error":{"message":"slow down"}}"#, [("Retry-After", "7")]), 7.0...8.0),
    ("429 in milliseconds", bad(429, "", [("retry-after-ms", "1500"), ("Retry-After", "9")]), 1.5...2.5),
    (
      "503 with a date",
      bad(
        503, "", [("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:49:07 GMT")]),
      30.0...31.0
    ),
    (
      "a date gone by",
      bad(503, "", [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Mon, 07 Nov 1994 08:49:37 GMT")]), 0...1
    ),
    ("a wait that is none", bad(429, "", [("Retry-After", "soon")]), 0.5...1),
    ("a negative wait", bad(429, "", [("Retry-After", "-5")]), 0.5...1),
    ("500", bad(500, "oops"), 0.5...1), ("502", bad(502, "<html>"), 0.5...1), ("408", bad(408), 0.5...1),
    ("half of the JSON", HTTPReply(status: 200, body: Array(#"{"choices":[{"te"#.utf8)), 0.5...1),
    ("no choices", HTTPReply(status: 200, body: Array(#"{"choices":[]}"#.utf8)), 0.5...1),
    ("no text", HTTPReply(status: 200, body: Array(#"{"choices":[{"text":null}]}"#.utf8)), 0.5...1),
    ("no body", HTTPReply(status: 200), 0.5...1),
    ("an error in a good reply", HTTPReply(status: 200, body: Array(#"{"error":{"message":"busy"}}"#.utf8)), 0.5...1),
    ("an error in the choice", bad(200, #"{"choices":[{"text":"","error":{"message":"busy"}}]}"#), 0.5...1),
    ("an error beside choices", bad(200, #"{"error":{},"choices":[{"text":"half"}]}"#), 0.5...1),
    ("an abort", bad(200, #"{"choices":[{"text":"","finish_reason":"abort"}]}"#), 0.5...1),
    ("a breakdown", bad(200, #"{"choices":[{"text":"half","finish_reason":"error"}]}"#), 0.5...1),
    ("another's choice", bad(200, #"{"choices":[{"index":1,"text":"b"}]}"#), 0.5...1),
  ])
  func failuresThatPass(name: String, reply: HTTPReply, wait: ClosedRange<Double>) async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer([.success(reply), .success(good("there"))])
    let found = try await collect(suite(), server, path)
    #expect(found.progress.done == 1 && found.progress.retried == 1 && found.progress.failed == 0, "\(name)")
    let waited = try #require(server.waits.first)
    #expect(wait.contains(waited / .seconds(1)), "\(name): \(waited)")
  }

  @Test func brokenConnectionsAreRetriedWithLongerWaits() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer([
      .failure(.failed("refused")), .failure(.timedOut), .failure(.failed("half an answer")), .success(good("there")),
    ])
    let found = try await collect(suite(), server, path)
    #expect(found.progress.done == 1 && found.progress.retried == 3)
    for (wait, most) in zip(server.waits, [1.0, 2, 4]) {
      #expect((most / 2...most).contains(wait / .seconds(1)))
    }
  }

  /// Nothing is sent a second time to one that may be anybody.
  @Test func certificatesThatAreNotAccepted() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer([.failure(.untrusted("it is of another host"))])
    let found = try await collect(suite(), server, path)
    #expect(server.asked.count == 1)
    #expect(found.hopeless == "the server's certificate is not accepted: it is of another host")
  }

  /// Failures that stay: how often is asked, what is told, and whether it is hopeless.
  @Test(arguments: [
    (bad(500, #"{"error":{"message":"no memory"}}"#), 4, "HTTP 500: no memory (sent 4 times)", false),
    (bad(400, #"{"error":{"message":"too long"}}"#), 1, "HTTP 400: too long", false),
    (bad(429, "", [("Retry-After", "86400")]), 1, "longer than", false),
    (
      bad(401, #"{"error":{"message":"Incorrect key sk-secret!"}}"#), 1,
      "HTTP 401: Incorrect key [key]!: the key is missing, or refused", true
    ),
    (
      bad(404, #"{"detail":"Not Found"}"#), 1, "HTTP 404: Not Found: the server has no such address, or no such model",
      true
    ),
    (bad(302, "", [("Location", "https://elsewhere/")]), 1, "https://elsewhere/", true),
    (bad(429, #"{"error":{"code":"insufficient_quota","message":"pay"}}"#), 1, "pay", true),
    (bad(422, "{\"error\":\"a\u{1B}[31m\\u001b[2Jb\"}"), 1, "HTTP 422", false),
    (bad(200, #"{"choices":[{"text":5}]}"#), 4, "no text", false),
    (bad(200, #"{"choices":[{"text":"","finish_reason":"abort"}]}"#), 4, #"ended with "abort" (sent 4 times)"#, false),
    // The server's words are cut where the key stands, by us or by the server.
    (bad(400, #"{"error":{"message":"\#(String(repeating: "x", count: 192))sk-secret"}}"#), 1, "xxx", false),
    (
      bad(400, #"{"error":{"message":"\#(String(repeating: "\u{301}", count: 496))sk-secret!"}}"#), 1, "HTTP 400",
      false
    ),
    (bad(400, #"{"error":{"message":"the key sk-sec"}}"#), 1, "the key [key]", false),
  ])
  func failuresThatStay(reply: HTTPReply, asked: Int, why: String, isHopeless: Bool) async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer([.success(reply)])
    let suite = try suite()
    let found = try await collect(suite, server, path, key: "sk-secret")
    #expect(server.asked.count == asked)
    #expect(
      server.asked.allSatisfy { $0.headers.contains { $0.name == "Authorization" && $0.value == "Bearer sk-secret" } })
    #expect((found.hopeless != nil) == isHopeless)
    let missing = found.completions.missing(template: "t0", case: "c0")
    #expect(missing.count == 1)
    #expect(missing.first?.contains(why) == true, "\(missing)")
    #expect(!missing.contains { $0.contains("sk-s") || $0.unicodeScalars.contains("\u{1B}") })
    // A cell whose completions are missing is neither right nor wrong.
    let result = SuiteRunner().run(suite, completions: found.completions)
    #expect(result.errors == 1 && result.passed == 0)
  }

  @Test func hopelessRunsStop() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer([.success(good("a")), .success(bad(403))])
    let found = try await collect(suite(cases: 9), server, path)
    #expect(server.asked.count == 2)
    #expect(found.hopeless != nil && found.progress.done == 1)
    // Each cell says why it has none.
    #expect(
      found.completions.missing(template: "t0", case: "c8").first?.hasPrefix("not asked for after: HTTP 403") == true)
    #expect(try SuiteRunner().run(suite(cases: 9), completions: found.completions).errors == 8)
    // What came is not lost.
    let next = ScriptedServer()
    let rest = try await collect(suite(cases: 9), next, path)
    #expect(next.asked.count == 8 && rest.progress.done == 9 && rest.progress.kept == 1)
  }

  @Test func stoppedRunsKeepWhatCame() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = ScriptedServer(delay: .milliseconds(30))
    let found = try await collect(suite(cases: 40), server, path, concurrency: 2) {
      server.state.withLock { $0.asked.count } > 6
    }
    #expect(found.progress.wasStopped && found.progress.failed == 0)
    #expect(found.progress.done > 0 && found.progress.done < 40)
    #expect(try SuiteRunner().run(suite(cases: 40), completions: found.completions).errors == 40 - found.progress.done)
    let next = ScriptedServer()
    let rest = try await collect(suite(cases: 40), next, path)
    #expect(rest.progress.done == 40 && next.asked.count == 40 - found.progress.done)
  }

  @Test func filesCutInHalfAreMended() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try await collect(suite(cases: 4), ScriptedServer(), path)
    let whole = try LineSourceBytes.read(path)
    let lines = whole.split(separator: 0x0A)
    // Cut at every byte of the last line but its end.
    for length in stride(from: whole.count - 2, to: whole.count - lines[3].count - 1, by: -61) {
      try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
      let server = ScriptedServer()
      let found = try await collect(suite(cases: 4), server, path)
      #expect(found.progress.done == 4 && server.asked.count == 1)
      #expect(try LineSourceBytes.read(path).split(separator: 0x0A).count == 4)
    }
    // Cut within the first row.
    for length in [1, 9, 20, lines[0].count - 1] {
      try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
      #expect(try await collect(suite(cases: 4), ScriptedServer(), path).progress.done == 4)
      #expect(try LineSourceBytes.read(path).split(separator: 0x0A).count == 4)
    }
    // A row that lacks its end alone is whole.
    try Data(whole.dropLast()).write(to: URL(fileURLWithPath: path))
    let server = ScriptedServer()
    #expect(try await collect(suite(cases: 5), server, path).progress.done == 5)
    #expect(server.asked.count == 1)
    #expect(try LineSourceBytes.read(path).starts(with: whole))
    // Rubbish in the middle counts as missing, and stays.
    var broken = Array(lines.map(Array.init).joined(separator: [0x0A])) + [0x0A]
    broken.replaceSubrange(lines[0].count + 3..<lines[0].count + 9, with: [0xFF, 0, 0x22, 0x7B, 0x0D, 0x2C])
    try Data(broken).write(to: URL(fileURLWithPath: path))
    let store = try CompletionStore(path: path)
    #expect(store.brokenRows == 1)
  }

  /// What is no file of completions stays as it is.
  @Test(arguments: ["templates: []", "a\nb\n", "{}\n", "\u{0}", "[1]\n{\"template\":"])
  func otherFilesAreLeftAlone(text: String) throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: EndpointError.self) { _ = try CompletionStore(path: path) }
    #expect(try LineSourceBytes.read(path) == Array(text.utf8))
  }

  @Test func oneRunAtATime() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try CompletionStore(path: path)
    #expect(throws: EndpointError.self) { _ = try CompletionStore(path: path) }
    _ = store.path
    #expect(throws: EndpointError.self) { _ = try CompletionStore(path: "/nowhere/at/all.jsonl") }
    #expect(throws: EndpointError.self) { _ = try CompletionStore(path: "/") }
  }

  @Test func messagesAreJudgedAsTheyAre() async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let call = #"{"id":"x","type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Paris\"}"}}"#
    let server = ScriptedServer([
      .success(
        bad(
          200,
          #"{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[\#(call)]},"finish_reason":"tool_calls"}]}"#
        ))
    ])
    var suite = try suite(templates: 2)
    suite.checks = [PromptCheck(.toolCallMatch), PromptCheck(.validToolsCall), PromptCheck(.noCall, isNegated: true)]
    let found = try await collect(suite, server, path, interface: .chat)
    // No template comes into it: one question for both.
    #expect(server.asked.count == 1 && found.progress.done == 2)
    let body = try ValueReader().read(server.asked[0].body)
    #expect(body["prompt"] == nil && body["messages"]?.count == 1 && body["tools"]?.count == 1)
    let read = try SuiteCompletions(file: path)
    for completions in [found.completions, read] {
      #expect(SuiteRunner().run(suite, completions: completions).passed == 2)
    }
  }

  /// Of several choices the one that is number 0; how completions ended is counted.
  @Test(arguments: [
    (#"{"choices":[{"index":1,"text":"b"},{"index":0,"text":"a","finish_reason":"stop"}]}"#, 0, 0),
    (#"{"error":null,"choices":[{"text":"a","error":null,"finish_reason":"content_filter"}]}"#, 1, 0),
    (#"{"choices":[{"index":null,"text":"a","finish_reason":null}]}"#, 0, 1),
  ])
  func choices(body: String, filtered: Int, unexplained: Int) async throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let found = try await collect(suite(), ScriptedServer([.success(bad(200, body))]), path)
    #expect(found.progress.filtered == filtered && found.progress.unexplained == unexplained)
    #expect(found.completions.completions(template: "t0", case: "c0").map { text($0.shown) } == ["a"])
  }

  /// Messages as servers take them: ids, types, arguments as strings.
  @Test(arguments: [
    (#"[{"role":"user","content":"a"}]"#, #"[{"role":"user","content":"a"}]"#),
    (
      #"[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"a": 1.0}}},{"id":"x","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"x","content":"2"},{"role":"tool","content":"1"},{"role":"tool","content":"3"}]"#,
      #"[{"role":"assistant","tool_calls":[{"id":"call00000","type":"function","function":{"name":"f","arguments":"{\"a\":1.0}"}},{"id":"x","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"x","content":"2"},{"role":"tool","content":"1","tool_call_id":"call00000"},{"role":"tool","content":"3"}]"#
    ),
    (#"[{"role":"assistant","tool_calls":[3]},7]"#, #"[{"role":"assistant","tool_calls":[3]},7]"#),
  ])
  func chatMessages(given: String, sent: String) throws {
    #expect(text(ChatMessages.json(try value(given))) == sent)
  }

  @Test func settingsGoIntoTheRequest() throws {
    var endpoint = try CompletionEndpoint(baseURL: "https://host/v1//", model: "a \"b\"")
    #expect(endpoint.baseURL == "https://host/v1")
    endpoint.temperature = 0.5
    endpoint.topP = 1
    endpoint.seed = .max
    endpoint.stop = ["\n"]
    endpoint.more = try CompletionEndpoint.members(#"{"max_tokens": 5, "top_k": [1]}"#)
    let body = endpoint.body(prompt: Array("é\n".utf8), sample: 1)
    #expect(
      text(body)
        == #"{"model":"a \"b\"","prompt":"é\n","temperature":0.5,"top_p":1.0,"seed":-9223372036854775808,"stop":["\n"],"max_tokens":5,"top_k":[1]}"#
    )
    endpoint.more = try CompletionEndpoint.members(#"{"max_completion_tokens": 9}"#)
    #expect(!text(endpoint.body(prompt: [], sample: 0)).contains("\"max_tokens\""))
    #expect(endpoint.key(body, sample: 0) != endpoint.key(body, sample: 1))
    for json in ["[]", "{", "{\"n\": 2}", "{\"prompt\": \"\"}", "{\"a\":1,\"a\":2}"] {
      #expect(throws: EndpointError.self) { try CompletionEndpoint.members(json) }
    }
  }

  @Test(arguments: [
    "", "localhost:8000", "ftp://host", "http://", "https://user:secret@host/v1", "http://host/v1?key=secret",
    "http://host/#x", "http://ho st/", "http://h\u{E9}/", "http:///v1",
  ])
  func addressesThatAreNone(address: String) throws {
    #expect(throws: EndpointError.self) { try CompletionEndpoint(baseURL: address, model: "m") }
    do { _ = try CompletionEndpoint(baseURL: address, model: "m") } catch { #expect(!"\(error)".contains("secret")) }
  }

  @Test(arguments: ["", "a b", "a\nb", "é"]) func keysThatAreNone(key: String) throws {
    let endpoint = try CompletionEndpoint(baseURL: address, model: "m")
    #expect(throws: EndpointError.self) {
      try CompletionCollector(endpoint: endpoint, transport: ScriptedServer(), key: key)
    }
  }

  @Test func waitsAreBounded() {
    var random = SplitMix64(seed: 1)
    let policy = RetryPolicy(retries: 100)
    for failures in 1...100 {
      let wait = policy.wait(failures: failures, asked: nil, random: &random)
      #expect(wait.map { $0 > .zero && $0 <= .seconds(60) } == true)
    }
    #expect(policy.wait(failures: 101, asked: nil, random: &random) == nil)
    #expect(RetryPolicy(retries: 0).wait(failures: 1, asked: .seconds(1), random: &random) == nil)
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Sat, 21 Nov 2026 22:15:00 GMT", 1_795_299_300),
      ("Fri, 30 Feb 2024 00:00:00 GMT", nil), ("soon", nil), ("", nil), ("a b c d e f", nil),
      ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", nil),
    ] as [(String, Int?)])
  func dates(text: String, seconds: Int?) { #expect(RetryAfter.seconds(ofDate: text) == seconds) }
}
