#include "keys/vault.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace menkyo::keys {

namespace {

constexpr uint8_t version = 1;
constexpr size_t nonce_bytes = 12, tag_bytes = 16;

std::string cannot(std::string_view what, std::filesystem::path const& path) {
  return std::string(what) + " the master key " + path.string() + ": " + std::strerror(errno);
}

void write_new_key(std::filesystem::path const& path, MasterKey const& key) {
  int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error(cannot("Cannot create", path));
  bool const written = ::write(file, key.data(), key.size()) == ssize_t(key.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) throw std::runtime_error(cannot("Cannot write", path));
  int const folder = ::open(path.parent_path().empty() ? "." : path.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

Bytes hmac(Bytes const& key, ByteView text) {
  Bytes out(32);
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), key.data(), int(key.size()), text.data(), text.size(), out.data(), &length) || length != 32)
    throw std::runtime_error("HMAC failed");
  return out;
}

Bytes hkdf(ByteView key, std::string_view info) {
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> const c(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr),
                                                                      EVP_PKEY_CTX_free);
  Bytes out(32);
  size_t length = out.size();
  static constexpr unsigned char salt[] = "menkyo";
  if (!c || EVP_PKEY_derive_init(c.get()) <= 0 || EVP_PKEY_CTX_set_hkdf_md(c.get(), EVP_sha256()) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_salt(c.get(), salt, int(sizeof salt - 1)) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_key(c.get(), key.data(), int(key.size())) <= 0 ||
      EVP_PKEY_CTX_add1_hkdf_info(c.get(), as_bytes(info).data(), int(info.size())) <= 0 ||
      EVP_PKEY_derive(c.get(), out.data(), &length) <= 0)
    throw std::runtime_error("HKDF failed");
  return out;
}

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

}  // namespace

MasterKey load_or_create_master_key(std::filesystem::path const& path, Random& random) {
  MasterKey key;
  if (!std::filesystem::exists(path)) {
    random.fill(key);
    write_new_key(path, key);
    return key;
  }
  struct stat facts {};
  int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 || ::fstat(file, &facts) != 0) throw std::runtime_error(cannot("Cannot read", path));
  bool const others_may_read = (facts.st_mode & 077) != 0;
  auto const length = ::read(file, key.data(), key.size());
  ::close(file);
  if (others_may_read)
    throw std::runtime_error("The master key " + path.string() + " may be read by others; run: chmod 600 " +
                             path.string());
  if (length != ssize_t(key.size()) || facts.st_size != ssize_t(key.size()))
    throw std::runtime_error("The master key " + path.string() +
                             " does not hold 32 bytes; restore it from its copy.");
  return key;
}

Vault::Vault(MasterKey const& master)
    : seal_key_(hkdf(master, "seal")), lookup_key_(hkdf(master, "lookup")), derive_key_(hkdf(master, "derive")) {}

Bytes Vault::seal(std::string_view purpose, ByteView plain, Random& random) const {
  Bytes out(1 + nonce_bytes + plain.size() + tag_bytes);
  out[0] = version;
  uint8_t* const nonce = out.data() + 1;
  uint8_t* const text = nonce + nonce_bytes;
  random.fill({nonce, nonce_bytes});
  Cipher const c(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int n = 0;
  if (!c || EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), nonce) != 1 ||
      EVP_EncryptUpdate(c.get(), nullptr, &n, as_bytes(purpose).data(), int(purpose.size())) != 1 ||
      EVP_EncryptUpdate(c.get(), text, &n, plain.data(), int(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(c.get(), text + n, &n) != 1 ||
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, int(tag_bytes), text + plain.size()) != 1)
    throw std::runtime_error("AES-GCM failed");
  return out;
}

Bytes Vault::open(std::string_view purpose, ByteView sealed) const {
  if (sealed.size() < 1 + nonce_bytes + tag_bytes || sealed[0] != version)
    throw SealBroken("sealed bytes are damaged");
  auto const nonce = sealed.subspan(1, nonce_bytes);
  auto const text = sealed.subspan(1 + nonce_bytes, sealed.size() - 1 - nonce_bytes - tag_bytes);
  Bytes tag(sealed.end() - tag_bytes, sealed.end());
  Bytes out(text.size() + 1);  // never empty, so that data() is a valid place
  Cipher const c(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int n = 0, rest = 0;
  if (!c || EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), nonce.data()) != 1 ||
      EVP_DecryptUpdate(c.get(), nullptr, &n, as_bytes(purpose).data(), int(purpose.size())) != 1 ||
      EVP_DecryptUpdate(c.get(), out.data(), &n, text.data(), int(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, int(tag_bytes), tag.data()) != 1 ||
      EVP_DecryptFinal_ex(c.get(), out.data() + n, &rest) != 1)
    throw SealBroken("sealed bytes were changed, or the master key is another one");
  out.resize(text.size());
  return out;
}

Bytes Vault::lookup(std::string_view purpose, ByteView text) const {
  Bytes data;
  data.reserve(purpose.size() + 1 + text.size());
  data.insert(data.end(), purpose.begin(), purpose.end());
  data.push_back(0);
  data.insert(data.end(), text.begin(), text.end());
  return hmac(lookup_key_, data);
}

Bytes Vault::derive(std::string_view label) const {
  return hkdf(derive_key_, label);
}

}  // namespace menkyo::keys
