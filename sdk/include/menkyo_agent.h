/*
 * menkyo_agent.h - put licensing into a product.
 *
 *   #include <menkyo_agent.h>
 *
 *   menkyo_agent *agent = menkyo_open("/var/lib/mything/license.json");
 *   menkyo_register_options options;
 *   menkyo_register_options_init(&options, sizeof options);
 *   options.url = "https://license.example.com";
 *   options.token = token_from_the_portal;
 *   options.product = "router-9000";
 *   options.serial_number = "SN0001";
 *   if (menkyo_register(agent, &options) != MENKYO_OK)
 *     puts(menkyo_error(agent));
 *   if (menkyo_request(agent, "advanced-routing", 3) != MENKYO_OK)
 *     puts(menkyo_error(agent));
 *   while (running) {
 *     int64_t wait_s;
 *     menkyo_tick(agent, &wait_s);
 *     do_other_things_for_seconds(wait_s);
 *   }
 *   menkyo_close(agent);
 *
 * Link with -lmenkyo_agent. The library needs OpenSSL 3 and libcurl at run time, nothing else. It starts no thread,
 * no process and no timer, and installs no signal handler: everything happens inside the call that you make.
 *
 * Failing soft. Licensing never stops your product: a server that cannot be reached, a shortage (out of compliance)
 * and even an expired authorization are facts to show, not orders. Only MENKYO_ENTITLEMENT_REFUSED says that a
 * function which the operator enforces, or which the law restricts, may not be switched on.
 *
 * Waiting. Calls that talk to the server may take up to 30 seconds; menkyo_status_json(), menkyo_authorization() and
 * menkyo_entitlement() never use the network.
 *
 * Threads. One handle is used by one thread at a time; different handles are independent, also on the same file. Two
 * processes may share a state file: an advisory lock (file name + ".lock") puts their calls one after the other.
 * Before the first menkyo_open() of a program with threads, call curl_global_init() if you use libcurl yourself.
 *
 * Ownership. What a function returns as const char* belongs to the handle and lives until the next call with that
 * handle. What it returns through char** is yours: menkyo_free() it. Arguments are copied. All text is UTF-8. NULL is
 * allowed only where it is said.
 *
 * The state file holds the device's private key and everything agreed with the server. It is made with mode 0600 and
 * replaced atomically and durably, so a crash or a power cut at any moment loses nothing: each message is stored
 * before it is sent, and sent again in the same words. Do not copy it to a second device: the server would notice
 * (code "sequence_conflict") and tell the owner.
 */
#ifndef MENKYO_AGENT_H
#define MENKYO_AGENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MENKYO_API __attribute__((visibility("default")))
#else
#define MENKYO_API
#endif

/* A handle on one state file. */
typedef struct menkyo_agent menkyo_agent;

/* What a call came to. Numbers never change their meaning; new ones may be added. */
typedef enum menkyo_result {
  MENKYO_OK = 0,
  MENKYO_USAGE = 1,               /* an argument is wrong; nothing was done */
  MENKYO_NOT_REGISTERED = 2,      /* register first; what was asked is remembered */
  MENKYO_ALREADY_REGISTERED = 3,  /* deregister first, or set force */
  MENKYO_UNREACHABLE = 4,         /* no answer; the message is kept and sent again by menkyo_tick() */
  MENKYO_BUSY = 5,                /* the server asked to wait; kept and sent again likewise */
  MENKYO_UNTRUSTED = 6,           /* the server's certificate, or the root behind the token, is not to be trusted */
  MENKYO_ANSWER_INVALID = 7,      /* something answered that is not the server; the message is kept */
  MENKYO_REFUSED = 8,             /* the server refused; menkyo_error_code() says why */
  MENKYO_ENTITLEMENT_REFUSED = 9, /* the message was accepted, that entitlement was not granted */
  MENKYO_STATE = 10,              /* the state file cannot be read or written */
  MENKYO_INTERNAL = 11            /* out of memory, or OpenSSL does not work */
} menkyo_result;

/* Never NULL except when memory is exhausted. `state_file` may be NULL: $XDG_STATE_HOME/menkyo/agent.json, or
 * ~/.local/state/menkyo/agent.json. The file need not exist; problems with it come from the first call that uses it.
 */
MENKYO_API menkyo_agent* menkyo_open(const char* state_file);
/* NULL is allowed. Loses nothing. */
MENKYO_API void menkyo_close(menkyo_agent* agent);

/* About the last call with this handle that did not return MENKYO_OK: one sentence for people, saying what happened
 * and what to do, and a stable word for programs ("token_expired", "unreachable", ...; docs/protocol.md lists those
 * of the server). Empty when the last call went well. */
MENKYO_API const char* menkyo_error(const menkyo_agent* agent);
MENKYO_API const char* menkyo_error_code(const menkyo_agent* agent);

typedef struct menkyo_register_options {
  size_t struct_size;        /* set by menkyo_register_options_init() */
  const char* url;           /* required: https://host[:port] */
  const char* token;         /* required: as the portal shows it */
  const char* product;       /* required: the product's code in the operator's catalogue */
  const char* product_id;    /* the device's identity; NULL: the product's code */
  const char* serial_number; /* NULL: derived from the machine, the same each time */
  const char* version_id;    /* this and the rest may be NULL */
  const char* uuid;
  const char* host_identifier;
  const char* mac_address;
  const char* host_name; /* NULL: the machine's host name */
  const char* software_version;
  const char* ca_file;      /* PEM file of certificates to trust for TLS instead of the system's */
  int withhold_host_name;   /* 1: is never sent */
  int withhold_ip_address;  /* 1: the server is told not to keep the address it sees */
  int withhold_mac_address; /* 1: is never sent */
  int allow_plain_http;     /* 1: http:// also to other machines than this one; for closed networks and tests */
  int force;                /* 1: forget an existing registration and begin anew */
} menkyo_register_options;

/* Sets every member to "not given". Pass sizeof *options. */
MENKYO_API void menkyo_register_options_init(menkyo_register_options* options, size_t struct_size);

/* Makes a key pair and registers the device. When it comes back with MENKYO_UNREACHABLE or MENKYO_BUSY, the same call
 * (or menkyo_tick()) sends the same message again; a token is never used up twice. */
MENKYO_API menkyo_result menkyo_register(menkyo_agent* agent, const menkyo_register_options* options);

/* Wants `quantity` (1 or more) of an entitlement from now on, and asks the server. MENKYO_OK also when the account is
 * short of it: menkyo_entitlement() tells. Remembered, and asked for later, when the server cannot be reached. */
MENKYO_API menkyo_result menkyo_request(menkyo_agent* agent, const char* entitlement, int64_t quantity);
/* Gives an entitlement back; NULL: all of them. */
MENKYO_API menkyo_result menkyo_release(menkyo_agent* agent, const char* entitlement);
/* Checks in now: sends the full wanted set again. */
MENKYO_API menkyo_result menkyo_authorize(menkyo_agent* agent);
/* Sends the usage recorded since the last acknowledged report. MENKYO_OK when there is none. */
MENKYO_API menkyo_result menkyo_report(menkyo_agent* agent);
/* Renews the identity certificate; with a new key when new_key is not 0. */
MENKYO_API menkyo_result menkyo_renew(menkyo_agent* agent, int new_key);
/* Gives everything back and forgets the registration. `reason` may be NULL. */
MENKYO_API menkyo_result menkyo_deregister(menkyo_agent* agent, const char* reason);

/* Does what is due (an unanswered message, check-in, renewal, report) and nothing else; says in how many seconds to
 * call again (`next_in_s` may be NULL). After failures it waits: for what somebody asked for 30 seconds, longer each
 * time, up to 6 hours; for what comes round by itself up to 12 hours, at random, so that a fleet does not come back
 * from an outage at once. Calling it early is cheap. */
MENKYO_API menkyo_result menkyo_tick(menkyo_agent* agent, int64_t* next_in_s);

typedef enum menkyo_authorization_state {
  MENKYO_NONE = 0,       /* nothing is wanted, or nothing was asked yet */
  MENKYO_EVALUATION = 1, /* wanted, but not registered */
  MENKYO_EVALUATION_EXPIRED = 2,
  MENKYO_AUTHORIZED = 3,
  MENKYO_OUT_OF_COMPLIANCE = 4,    /* the account lacks licenses; keep working, tell the user */
  MENKYO_AUTHORIZATION_EXPIRED = 5 /* no contact for the authorization period */
} menkyo_authorization_state;

/* From the stored, verified answer and the clock; no network. */
MENKYO_API menkyo_result menkyo_authorization(menkyo_agent* agent, menkyo_authorization_state* state);

typedef struct menkyo_entitlement_info {
  int64_t wanted;
  int64_t granted;
  int64_t missing;   /* what the account lacks */
  int refused;       /* 1: may not be used */
  int in_compliance; /* 1: covered */
} menkyo_entitlement_info;

/* One entitlement, all zero when it is not wanted; no network. */
MENKYO_API menkyo_result menkyo_entitlement(menkyo_agent* agent, const char* entitlement,
                                            menkyo_entitlement_info* info);

/* Everything as JSON (the members are described in docs/protocol.md, "Status of the agent"); no network, no secret.
 * The text is the caller's: menkyo_free(). */
MENKYO_API menkyo_result menkyo_status_json(menkyo_agent* agent, char** json);
/* NULL is allowed. */
MENKYO_API void menkyo_free(char* text);

/* The library's version, "major.minor.patch". */
MENKYO_API const char* menkyo_agent_version(void);

#ifdef __cplusplus
}
#endif
#endif
