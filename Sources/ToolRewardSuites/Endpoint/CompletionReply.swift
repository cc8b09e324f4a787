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
    guard let choice = value["choices"]?[0] else {
      // Some servers send errors with the status 200.
      let why = Self.message(value, hiding: key)
      self = .retry(why.isEmpty ? "the answer has no choices" : why, after: nil)
      return
    }
    let finish = choice["finish_reason"]?.string
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
    return VisibleText.cut(VisibleText.of(hide(key, in: String(decoding: bytes.prefix(1_000), as: UTF8.self))), to: 200)
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
    return String(decoding: result + bytes[position...], as: UTF8.self)
  }
}
