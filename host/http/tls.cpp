#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <utility>

#include "base/log.h"

namespace host::http {

using base::Result;

static std::string openssl_reason() {
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  // OpenSSL 3 has no words for these.
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* text = code ? ERR_reason_error_string(code) : nullptr;
  return text ? text : "unknown";
}

static int select_http11(SSL*, const unsigned char** out, unsigned char* out_length,
                         const unsigned char* offered, unsigned offered_length, void*) noexcept {
  static constexpr unsigned char mine[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  int result = SSL_select_next_proto(&chosen, out_length, mine, sizeof mine - 1, offered,
                                     offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<TlsContext>> TlsContext::load(const TlsFiles& files) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (!context) return base::internal("tls: " + openssl_reason());
  std::shared_ptr<TlsContext> self(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_NO_COMPRESSION);
  // Of TLS 1.2 only what keeps past talks secret and seals in one step; of 1.3 there is no other.
  if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
      SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1) {
    return base::internal("tls: " + openssl_reason());
  }
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, select_http11, nullptr);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return base::invalid("tls: certificate " + files.certificate + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return base::invalid("tls: key " + files.key + ": " + openssl_reason());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return base::invalid("tls: key " + files.key + " does not belong to " + files.certificate);
  }
  return self;
}

Result<void> TlsContext::renew(const TlsFiles& files) {
  TRY(auto fresh, load(files));
  std::swap(context_, fresh->context_);
  return {};
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

namespace {

class TlsTransport final : public Transport {
 public:
  TlsTransport(loop::Loop& loop, SSL* ssl, std::unique_ptr<loop::Stream> stream)
      : loop_(loop), ssl_(ssl), stream_(std::move(stream)) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_accept_state(ssl_);
  }
  ~TlsTransport() override {
    *alive_ = false;
    SSL_free(ssl_);
  }

  void start_reading(Reader reader) override {
    reader_ = std::move(reader);
    paused_ = false;
    stream_->start_reading([this](Result<std::string_view> bytes) { received(std::move(bytes)); });
  }

  void pause_reading() noexcept override {
    paused_ = true;
    stream_->pause_reading();
  }

  void resume_reading() noexcept override {
    if (!paused_) return;
    paused_ = false;
    stream_->resume_reading();
    // What was decrypted, or could be, will not announce itself on the socket.
    resumed_ = loop_.later([this] { read_plain(); });
  }

  std::size_t try_write(std::string_view bytes) override {
    encrypt(bytes);
    send();
    return bytes.size();
  }

  void write(std::string bytes, Written done) override {
    encrypt(bytes);
    stream_->write(take_output(), std::move(done));
  }

  std::size_t queued() const noexcept override { return stream_->queued(); }

  void finish_writing() override {
    if (SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    ERR_clear_error();
    send();
    stream_->finish_writing();
  }

  const loop::Stream& stream() const noexcept override { return *stream_; }
  bool secure() const noexcept override { return true; }

 private:
  void encrypt(std::string_view bytes) {
    if (bytes.empty() || !SSL_is_init_finished(ssl_)) return;
    ERR_clear_error();
    std::size_t written = 0;
    // A memory BIO takes everything: this fails only when the session is already broken,
    // and then the peer's end of the stream says so too.
    SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written);
  }

  std::string take_output() {
    char* data = nullptr;
    long size = BIO_get_mem_data(out_, &data);
    std::string bytes;
    if (size > 0) bytes.assign(data, static_cast<std::size_t>(size));
    BIO_reset(out_);
    return bytes;
  }

  void send() {
    std::string bytes = take_output();
    if (!bytes.empty()) stream_->write(std::move(bytes));
  }

  void received(Result<std::string_view> bytes) {
    if (!bytes || bytes->empty()) return reader_(std::move(bytes));
    BIO_write(in_, bytes->data(), static_cast<int>(bytes->size()));
    read_plain();
  }

  // Hands on what can be decrypted. The reader may pause or destroy this object.
  void read_plain() {
    auto alive = alive_;
    char plain[16 * 1024];
    while (*alive && !paused_ && !ended_) {
      ERR_clear_error();
      std::size_t size = 0;
      int result = SSL_read_ex(ssl_, plain, sizeof plain, &size);
      int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_, result);
      send();  // handshake messages, alerts, key updates
      if (result == 1) {
        reader_(std::string_view(plain, size));
        continue;
      }
      if (error == SSL_ERROR_WANT_READ) return;
      ended_ = true;
      if (error == SSL_ERROR_ZERO_RETURN) return reader_(std::string_view());
      return reader_(base::Error{base::Code::invalid, "tls: " + openssl_reason()});
    }
  }

  loop::Loop& loop_;
  SSL* ssl_;
  BIO* in_;
  BIO* out_;
  std::unique_ptr<loop::Stream> stream_;
  Reader reader_;
  loop::Pending resumed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool paused_ = true;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Transport> TlsContext::accept(loop::Loop& loop,
                                              std::unique_ptr<loop::Stream> stream) {
  return std::make_unique<TlsTransport>(loop, SSL_new(context_), std::move(stream));
}

}  // namespace host::http
