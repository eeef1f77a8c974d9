#include "bench/plan.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

#include "protocol/bytes.hpp"
#include "protocol/handle.hpp"

namespace menkyo::bench {

namespace {

using protocol::Handle;
using std::chrono::days;

// Younger than the 90 days after which a silent device is looked at, so that no timer is due in a new population.
constexpr auto history = days(80), roll_out = days(40), quiet = days(30);
constexpr size_t most_changes = 20;
constexpr Duration least_between = std::chrono::minutes(10), most_between = std::chrono::hours(8);

Seed seed_of(char const* what, uint64_t seed, uint64_t number) {
  std::string text = what;
  for (auto const value : {seed, number})
    for (int i = 0; i < 8; ++i) text += char(value >> (8 * i));
  return protocol::sha256(as_bytes(text));
}

size_t or_else(size_t given, size_t otherwise) {
  return given == 0 ? otherwise : given;
}

Size filled(Size size) {
  size.virtual_accounts = or_else(size.virtual_accounts, std::clamp<size_t>(size.devices / 100, 1, 10'000));
  size.lots = std::max(or_else(size.lots, std::min<size_t>(size.devices / 10, 100'000)), 3 * size.virtual_accounts);
  if (size.changes > most_changes / 2)
    throw std::invalid_argument("more changes of a device than the plan has time for");
  return size;
}

void must(bool well) {
  if (!well) throw std::runtime_error("OpenSSL cannot make a key");
}

}  // namespace

Plan::Plan(Size size, Instant until) : size_(filled(size)), until_(until) {}

Instant Plan::from() const {
  return until_ - history;
}

Instant Plan::quiet_from() const {
  return until_ - quiet;
}

DeviceFacts Plan::device(size_t number) const {
  DeviceFacts d;
  auto random = chance_for("facts", size_.seed, number);
  constexpr Duration span = roll_out;
  d.registered_at = from() + Duration(int64_t(double(span.count()) * double(number) / double(size_.devices)));
  d.device_id = {random.uuid7(d.registered_at)};
  bool const anywhere = random.below(10) > 0;
  d.virtual_account = anywhere ? random.below(size_.virtual_accounts) : 0;
  bool const silent = random.below(50) == 0;
  if (size_.changes > 0) d.changes = silent ? 0 : random.below(2 * size_.changes + 1);
  d.between_changes = least_between + Duration(random.below(uint64_t((most_between - least_between).count())));
  constexpr Duration quiet_span = quiet;
  d.last_contact_at = silent ? d.registered_at + std::chrono::minutes(5)
                             : until_ - Duration(int64_t(random.below(uint64_t(quiet_span.count()))));
  // Register, draw, the changes, and a last call that changed nothing.
  d.sequence = int64_t(2 + d.changes + (silent ? 0 : 1));
  d.quantity = d.changes % 2 == 0 ? 1 : 2;
  random.fill(d.certificate_serial);
  random.fill(d.nonce);
  return d;
}

Random chance_for(char const* purpose, uint64_t seed, uint64_t number) {
  return Random(seed_of(purpose, seed, number));
}

namespace {

using Point = std::array<uint8_t, 65>;  // 04 x y (SEC 1 section 2.3.3)
struct Pair {
  Handle<BIGNUM, BN_clear_free> secret;
  Point point;
};

Pair pair_of(uint64_t seed, uint64_t number) {
  thread_local Handle<EC_GROUP, EC_GROUP_free> const group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  thread_local Handle<BN_CTX, BN_CTX_free> const context(BN_CTX_new());
  must(group && context);
  Pair out{Handle<BIGNUM, BN_clear_free>(BN_new()), {}};
  auto* secret = out.secret.get();
  auto bytes = seed_of("key", seed, number);
  // Of 2^32 hashes one is beyond the order of the curve; then the next one serves.
  do {
    bytes = protocol::sha256(ByteView(bytes));
    must(BN_bin2bn(bytes.data(), int(bytes.size()), secret) != nullptr);
  } while (BN_is_zero(secret) || BN_cmp(secret, EC_GROUP_get0_order(group.get())) >= 0);
  Handle<EC_POINT, EC_POINT_free> const point(EC_POINT_new(group.get()));
  must(point && EC_POINT_mul(group.get(), point.get(), secret, nullptr, nullptr, context.get()) == 1);
  must(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.point.data(), out.point.size(),
                          context.get()) == out.point.size());
  return out;
}

}  // namespace

protocol::Key device_key(uint64_t seed, uint64_t number) {
  auto const pair = pair_of(seed, number);
  Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> const builder(OSSL_PARAM_BLD_new());
  must(builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, pair.secret.get()) == 1 &&
       OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, pair.point.data(),
                                        pair.point.size()) == 1);
  Handle<OSSL_PARAM, OSSL_PARAM_free> const parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> const maker(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  must(parameters && maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
       EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return protocol::Key::adopt(made, true);
}

protocol::Digest device_thumbprint(uint64_t seed, uint64_t number) {
  auto const pair = pair_of(seed, number);
  ByteView const point(pair.point);
  // RFC 7638 section 3.
  auto const jwk = R"({"crv":"P-256","kty":"EC","x":")" + protocol::to_base64url(point.subspan(1, 32)) +
                   R"(","y":")" + protocol::to_base64url(point.subspan(33)) + R"("})";
  return protocol::sha256(std::string_view(jwk));
}

}  // namespace menkyo::bench
