internal import ToolReward
internal import ToolRewardReport

/// What became of one sending of a request.
enum CompletionReply: Sendable {
  /// A completion. `finish` is the server's reason, as `stop`, `length`, `tool_calls`.
  case completion(SuiteCompletion, finish: String?)
  /// Nothing this time: it may be otherwise the next.
  case retry(String, after: Duration?)
  /// Nothing, and nothing the next time.
  case refused(String)
  /// Nothing, and nothing for any other request: the key, the model or the address is wrong.
  case hopeless(String)
  case cancelled

  /// Reads a server's reply.
  init(_ reply: HTTPReply, _ interface: CompletionEndpoint.Interface, hiding key: String?) {
    guard reply.status == 200 else {
      self = Self.failure(reply, hiding: key)
      return
    }
    let value: Value
    do throws(ValueError) {
      value = try ValueReader().read(reply.body)
    } catch {
      self = .retry("the answer is no JSON: \(error)", after: nil)
      return
    }
    guard let choice = Self.choice(of: value) else {
      // Some servers send errors with the status 200.
      let why = Self.message(value, hiding: key)
      self = .retry(why.isEmpty ? "the answer has no choices" : why, after: nil)
      return
    }
    let finish = choice["finish_reason"]?.string.map { Self.hide(key, in: $0) }
    if let why = Self.breakdown(of: value, choice, finish, hiding: key) {
      self = .retry(why, after: nil)
      return
    }
    switch interface {
    case .completions:
      guard let text = choice["text"]?.stringBytes else { break }
      self = .completion(.text(text), finish: finish)
      return
    case .chat:
      guard let message = choice["message"], message.kind == .object else { break }
      self = .completion(.message(message.detached()), finish: finish)
      return
    }
    self = .retry("the answer's choice has no \(interface == .chat ? "message" : "text")", after: nil)
  }

  /// The first completion: the choice that says it is number 0, or the first, if none says its number.
  private static func choice(of answer: Value) -> Value? {
    let choices = answer["choices"]?.elements ?? []
    return choices.first { $0["index"]?.numberLiteral == "0" }
      ?? choices.first.flatMap { $0["index"].map { $0.kind == .null } ?? true ? $0 : nil }
  }

  /// Why a completion was not written to its end, if the server broke down on the way: what came of it is no completion.
  private static func breakdown(
    of answer: Value, _ choice: Value, _ finish: String?, hiding key: String?
  ) -> String? {
    for place in [choice, answer] {
      guard let error = place["error"], error.kind != .null else { continue }
      let why = message(place, hiding: key)
      return why.isEmpty ? "the server broke down while it wrote the completion" : why
    }
    guard let finish, ["error", "abort", "aborted"].contains(finish) else { return nil }
    return "the completion ended with \"\(finish)\""
  }

  private static func failure(_ reply: HTTPReply, hiding key: String?) -> CompletionReply {
    let body = try? ValueReader().read(reply.body)
    let said = body.map { message($0, hiding: key) } ?? ""
    let why = "HTTP \(reply.status)\(said.isEmpty ? "" : ": \(said)")"
    switch reply.status {
    case 429 where body?["error"]?["code"]?.string == "insufficient_quota": return .hopeless(why)
    case 408, 409, 425, 429, 500...: return .retry(why, after: RetryAfter.read(reply))
    case 300..<400:
      let place = reply.header("location").map { ", to \(VisibleText.of(hide(key, in: $0)))" } ?? ""
      return .hopeless("\(why): the address redirects\(place); give the address itself")
    case 401, 403: return .hopeless("\(why): the key is missing, or refused")
    case 404: return .hopeless("\(why): the server has no such address, or no such model")
    case 405: return .hopeless("\(why): the address takes no such request")
    default: return .refused(why)
    }
  }

  /// The server's own words: their beginning, and never the key, which some servers repeat.
  private static func message(_ body: Value, hiding key: String?) -> String {
    let error = body["error"] ?? body["detail"] ?? body
    let bytes = error["message"]?.stringBytes ?? error.stringBytes ?? body["message"]?.stringBytes ?? []
    // Hidden before it is cut: half a key would be shown.
    let shown = hide(key, in: String(decoding: bytes, as: UTF8.self))
    return VisibleText.cut(VisibleText.of(String(decoding: shown.utf8.prefix(1_000), as: UTF8.self)), to: 200)
  }

  private static func hide(_ key: String?, in text: String) -> String {
    guard let key, !key.utf8.isEmpty else { return text }
    let (bytes, secret) = (Array(text.utf8), Array(key.utf8))
    var result: [UInt8] = []
    var position = 0
    while let found = ByteSearch.firstIndex(of: secret, in: bytes.span, from: position) {
      result += bytes[position..<found] + Array("[key]".utf8)
      position = found + secret.count
    }
    result += bytes[position...]
    // A server may have cut its words within the key.
    for length in stride(from: min(secret.count - 1, result.count), through: 4, by: -1)
    where result.suffix(length).elementsEqual(secret.prefix(length)) {
      result = result.dropLast(length) + Array("[key]".utf8)
      break
    }
    return String(decoding: result, as: UTF8.self)
  }
}
