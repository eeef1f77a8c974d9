/* A product that draws one license, works, and gives it back.
 *
 *   draw STATE_FILE SERVER TOKEN PRODUCT ENTITLEMENT
 *
 * Build: cc draw.c -lmenkyo_agent */
#include <menkyo_agent.h>
#include <stdio.h>

static int explain(menkyo_agent* agent, const char* what) {
  fprintf(stderr, "%s: %s\n", what, menkyo_error(agent));
  return 1;
}

static int draw(menkyo_agent* agent, const char* entitlement) {
  menkyo_entitlement_info info;
  switch (menkyo_request(agent, entitlement, 1)) {
    case MENKYO_OK:
      break;
    case MENKYO_ENTITLEMENT_REFUSED: /* the only answer that keeps a function switched off */
      return explain(agent, "Not allowed");
    default: /* the network is down, say: go on, menkyo_tick() will ask again */
      explain(agent, "Working without an answer");
  }
  if (menkyo_entitlement(agent, entitlement, &info) != MENKYO_OK) return explain(agent, "State");
  printf("wanted %lld, granted %lld%s\n", (long long)info.wanted, (long long)info.granted,
         info.missing > 0 ? " - the account is short, please tell whoever buys licenses" : "");
  return 0;
}

int main(int argc, char** argv) {
  menkyo_register_options options;
  menkyo_agent* agent;
  menkyo_result result;
  char* json;
  int failed;
  if (argc != 6) {
    fprintf(stderr, "usage: draw STATE_FILE SERVER TOKEN PRODUCT ENTITLEMENT\n");
    return 2;
  }
  agent = menkyo_open(argv[1]);
  if (agent == NULL) return 1;
  menkyo_register_options_init(&options, sizeof options);
  options.url = argv[2];
  options.token = argv[3];
  options.product = argv[4];
  result = menkyo_register(agent, &options);
  if (result != MENKYO_OK && result != MENKYO_ALREADY_REGISTERED) {
    explain(agent, "Registration");
    menkyo_close(agent);
    return 1;
  }
  failed = draw(agent, argv[5]);
  if (menkyo_status_json(agent, &json) == MENKYO_OK) {
    puts(json);
    menkyo_free(json);
  }
  if (!failed && menkyo_release(agent, argv[5]) != MENKYO_OK) failed = explain(agent, "Release");
  menkyo_close(agent);
  return failed;
}
