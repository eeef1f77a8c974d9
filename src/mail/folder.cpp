#include <fstream>

#include "mail/postman.hpp"

namespace menkyo::mail {

namespace {

class Folder final : public Transport {
 public:
  explicit Folder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Delivery deliver(Parcel const& parcel) override {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    // Under another name until it is whole, so that nobody reads half a mail.
    auto const path = folder_ / (parcel.mail_id.text() + ".eml");
    auto const unfinished = path.string() + ".part";
    std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
    out << parcel.text;
    out.close();
    if (out) std::filesystem::rename(unfinished, path, failed);
    if (!out || failed) return {Delivery::Fate::no_server, "the folder of mails cannot be written"};
    return {};
  }
  bool keeps_delivered() const override { return true; }

 private:
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<Transport> folder_transport(std::filesystem::path folder) {
  return std::make_unique<Folder>(std::move(folder));
}

}  // namespace menkyo::mail
