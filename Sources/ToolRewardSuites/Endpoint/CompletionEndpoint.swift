internal import ToolRewardLines
public import ToolReward

/// A model behind an OpenAI-compatible interface, and how it is asked: `/completions` with the rendered prompt, or `/chat/completions`.
public struct CompletionEndpoint: Sendable {
  /// What is asked.
  public enum Interface: String, Sendable, CaseIterable {
    /// `/completions` is given the prompt as the template renders it: the test of a template.
    case completions
    /// `/chat/completions` is given messages and tools, and renders them itself: a test of the served model. No template of the suite
    /// comes into it.
    case chat
  }

  /// Where it is, as OpenAI's clients take it, without a slash at the end: `http://localhost:8000/v1`.
  public let baseURL: String
  /// What is asked.
  public var interface: Interface
  /// The model's name, as the server knows it.
  public var model: String
  /// How many completions of each cell are wanted: 1 or more.
  public var samples: Int
  /// The most tokens of a completion; `nil` leaves it to the server, which may cut after 16.
  public var maxTokens: Int?
  /// The temperature; `nil` leaves it to the server.
  public var temperature: Double?
  /// The nucleus; `nil` leaves it to the server.
  public var topP: Double?
  /// The first completion's seed; each further one's is greater by one. `nil` sends none.
  public var seed: Int?
  /// Texts that end a completion.
  public var stop: [String]
  /// More members of each request, an object, such as `{"top_k": 20, "add_special_tokens": false}`; they go before those above.
  public var more: Value?

  /// Creates an endpoint.
  ///
  /// - Throws: ``EndpointError`` if the address is no `http://` or `https://` one, or has what does not belong in it: a user, a password, a query, a
  ///   fragment.
  public init(
    baseURL: String, model: String, interface: Interface = .completions, samples: Int = 1, maxTokens: Int? = 1_024
  ) throws(EndpointError) {
    self.baseURL = try Self.checked(baseURL)
    self.interface = interface
    self.model = model
    self.samples = max(1, samples)
    self.maxTokens = maxTokens
    temperature = nil
    topP = nil
    seed = nil
    stop = []
    more = nil
  }

  private static func checked(_ address: String) throws(EndpointError) -> String {
    let bytes = Array(address.utf8)
    guard let scheme = ["http://", "https://"].first(where: { bytes.starts(with: $0.utf8) }) else {
      throw EndpointError("an endpoint's address begins with http:// or https://, as http://localhost:8000/v1")
    }
    let rest = bytes[scheme.utf8.count...]
    let host = rest.prefix { $0 != 0x2F }
    if bytes.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      throw EndpointError("an endpoint's address is plain ASCII")
    }
    // What is shown, recorded and hashed must hold no secret.
    if host.contains(0x40) {
      throw EndpointError("an endpoint's address holds no user and no key: name the variable that holds the key")
    }
    if host.isEmpty || rest.contains(0x3F) || rest.contains(0x23) {
      throw EndpointError("an endpoint's address is a host and a path, without a query: http://localhost:8000/v1")
    }
    var end = bytes.count
    while end > scheme.utf8.count, bytes[end - 1] == 0x2F { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// Reads ``more``: a JSON object.
  ///
  /// - Throws: ``EndpointError`` if the text is none, or has members that are the collector's own.
  public static func members(_ json: String) throws(EndpointError) -> Value {
    let value: Value
    do throws(ValueError) { value = try ValueReader().read(json) } catch {
      throw EndpointError("more members of a request are a JSON object: \(error)")
    }
    guard value.kind == .object, !value.hasDuplicateNames else {
      throw EndpointError("more members of a request are a JSON object, such as {\"top_k\": 20}")
    }
    for name in ["prompt", "messages", "tools", "n", "stream"] where value[name] != nil {
      throw EndpointError(
        "\"\(name)\" of a request cannot be set: it comes from the suite, or is one completion at once")
    }
    return value
  }

  /// Where requests go.
  var address: String { baseURL + (interface == .chat ? "/chat/completions" : "/completions") }
}

/// Why an endpoint cannot be asked.
public struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and how to mend it. Holds no key.
  public let description: String

  package init(_ description: String) { self.description = description }
}

// MARK: Requests

extension CompletionEndpoint {
  /// The request's body for a prompt.
  func body(prompt: [UInt8], sample: Int) -> [UInt8] { body([("prompt", PromptProbe.string(prompt))], sample) }

  /// The request's body for a conversation.
  func body(messages: Value, tools: Value?, sample: Int) -> [UInt8] {
    var members = [("messages", ChatMessages.json(messages))]
    if let tools, tools.count > 0 { members.append(("tools", JSONWriter.compact.write(tools))) }
    return body(members, sample)
  }

  private func body(_ subject: [(name: String, text: [UInt8])], _ sample: Int) -> [UInt8] {
    func text(_ string: String) -> [UInt8] { PromptProbe.string(Array(string.utf8)) }
    var members: [(name: String, text: [UInt8])] = [("model", text(model))]
    members += subject
    // Servers refuse the two together.
    if let maxTokens, more?["max_completion_tokens"] == nil {
      members.append(("max_tokens", Array("\(maxTokens)".utf8)))
    }
    if let temperature { members.append(("temperature", Array("\(temperature)".utf8))) }
    if let topP { members.append(("top_p", Array("\(topP)".utf8))) }
    if let seed { members.append(("seed", Array("\(seed &+ sample)".utf8))) }
    if !stop.isEmpty { members.append(("stop", [0x5B] + stop.map(text).joined(separator: [0x2C]) + [0x5D])) }
    for (name, value) in more?.members ?? [] {
      let name = String(decoding: name, as: UTF8.self)
      members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
      members.append((name, JSONWriter.compact.write(value)))
    }
    return [0x7B] + members.map { text($0.name) + [0x3A] + $0.text }.joined(separator: [0x2C]) + [0x7D]
  }

  /// What a completion is kept under: the address, the request, and which of several completions it is. No key is in it. O(body).
  func key(_ body: [UInt8], sample: Int) -> String {
    let digest = InputDigest()
    digest.update(Array("\(address)\n\(sample)\n".utf8))
    digest.update(body)
    return digest.finish()
  }
}
