/// Sends requests to a server. With the package's trait `Endpoint` ``AsyncHTTPTransport`` is one; a client of your own can be another.
public protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole reply. Follows no redirection.
  ///
  /// - Throws: ``TransportError`` if no whole reply came, in time or at all.
  func send(_ request: HTTPPost) async throws(TransportError) -> HTTPReply
}

/// A request: JSON, by POST.
public struct HTTPPost: Sendable, Hashable {
  /// Where it goes.
  public var url: String
  /// Headers beside `Content-Type`, which is `application/json`.
  public var headers: [Header]
  /// The JSON.
  public var body: [UInt8]
  /// How long the whole may take, to the reply's last byte.
  public var timeout: Duration

  /// A header's name and value.
  public struct Header: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Creates a header.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Creates a request.
  public init(url: String, headers: [Header] = [], body: [UInt8], timeout: Duration) {
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }
}

/// What a server answered.
public struct HTTPReply: Sendable, Hashable {
  /// The status, as 200.
  public var status: Int
  /// The headers.
  public var headers: [HTTPPost.Header]
  /// The body.
  public var body: [UInt8]

  /// The most bytes of a body that a transport reads.
  public static let bodyLimit = 64 << 20

  /// Creates a reply.
  public init(status: Int, headers: [HTTPPost.Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A header's value by its name in lower case.
  func header(_ name: String) -> String? {
    headers.first { $0.name.utf8.elementsEqual(name.utf8) || $0.name.lowercased().utf8.elementsEqual(name.utf8) }?.value
  }
}

/// Why no reply came.
public enum TransportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It took longer than asked.
  case timedOut
  /// No connection, or one that broke, even in the middle of a reply. The text says how.
  case failed(String)
  /// Who answers cannot prove to be who the address names: no later try is better. The text says why.
  case untrusted(String)
  /// The task was cancelled.
  case cancelled

  /// What happened, for people.
  public var description: String {
    switch self {
    case .timedOut: "no whole answer in time"
    case .failed(let why): why
    case .untrusted(let why): "the server's certificate is not accepted: \(why)"
    case .cancelled: "cancelled"
    }
  }
}
