#if Endpoint
  internal import AsyncHTTPClient
  internal import NIOCore
  internal import NIOHTTP1
  internal import NIOPosix

  internal import ToolRewardLines

  /// Sends requests with async-http-client: HTTP/1.1 and 2, TLS with the system's certificates. Built with the package's trait `Endpoint`.
  public final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient

    /// Creates a transport. ``shutDown()`` ends it.
    ///
    /// - Parameter connections: How many requests are on their way at a time: more would wait for each other, and that counts for their time.
    public init(connections: Int) {
      var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
      // Retries are the collector's, which tells of them.
      configuration.connectionPool.retryConnectionEstablishment = false
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
      configuration.timeout.connect = .seconds(10)
      client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes its connections. Nothing can be sent after.
    public func shutDown() async { try? await client.shutdown() }

    public func send(_ post: HTTPPost) async throws(TransportError) -> HTTPReply {
      do {
        // The client's own deadline ends with the reply's head: a body may take its time.
        let reply = try await withThrowingTaskGroup(of: HTTPReply?.self) { group in
          group.addTask { try await self.exchange(post) }
          group.addTask {
            try await Task.sleep(for: post.timeout)
            return nil
          }
          defer { group.cancelAll() }
          return try await group.next() ?? nil
        }
        guard let reply else { throw TransportError.timedOut }
        return reply
      } catch let error as TransportError {
        throw error
      } catch {
        if Task.isCancelled { throw .cancelled }
        throw Self.untrusted(error).map { .untrusted($0) } ?? .failed(Self.words(error))
      }
    }

    private func exchange(_ post: HTTPPost) async throws -> HTTPReply {
      var request = HTTPClientRequest(url: post.url)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      for header in post.headers { request.headers.add(name: header.name, value: header.value) }
      request.body = .bytes(ByteBuffer(bytes: post.body))
      let response = try await client.execute(request, deadline: .distantFuture)
      let body = try await response.body.collect(upTo: HTTPReply.bodyLimit)
      return HTTPReply(
        status: Int(response.status.code),
        headers: response.headers.map { HTTPPost.Header(name: $0.name, value: $0.value) },
        body: Array(body.readableBytesView))
    }

    /// Why a certificate is not accepted; `nil` for other errors. Those of TLS are no types of async-http-client's own: their names tell.
    private static func untrusted(_ error: any Error) -> String? {
      if let error = error as? NIOConnectionError {
        return error.connectionErrors.lazy.compactMap { untrusted($0.error) }.first
      }
      let name = String(describing: error)
      if name.contains("CERTIFICATE_VERIFY_FAILED") {
        return
          "no authority that this system trusts has signed it, or it is out of date; add its authority to the system's"
      }
      return name.contains("failedToValidateHostname") ? "it is of another host" : nil
    }

    /// What went wrong, for people.
    private static func words(_ error: any Error) -> String {
      switch error {
      case let error as HTTPClientError where error == .remoteConnectionClosed:
        "the server closed the connection before its answer was whole"
      case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
      case let error as NIOConnectionError where !error.connectionErrors.isEmpty: words(error.connectionErrors[0].error)
      case let error as IOError: "no connection, or a broken one: \(InputOutputError.reason(of: error.errnoCode))"
      case is NIOTooManyBytesError: "the answer has more than \(HTTPReply.bodyLimit >> 20) MiB"
      case let error as NIOConnectionError where error.dnsAError != nil || error.dnsAAAAError != nil:
        "the host's name leads nowhere"
      default: "no connection, or a broken one: \(error)"
      }
    }
  }
#endif
