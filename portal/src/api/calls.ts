// The calls that the portal makes, by the name of their operation. Paths and parameter names appear in the files of
// calls alone.
import { answer, client } from "./client";
import { account, filtered, inside, type ListQuery, once, unchangedSince } from "./parameters";
import type {
  AcceptedInvitation,
  AccessDecision,
  CompanyData,
  CustomTagChange,
  Founding,
  Language,
  NewAccessRequest,
  NewAddress,
  NewCustomTag,
  NewEnquiry,
  NewGroupGrant,
  NewProgram,
  NewRegistrationToken,
  NewRoleGrant,
  NewSignUp,
  NewSmartAccount,
  NewStaffRole,
  NewSuccession,
  NewVirtualAccount,
  PersonalData,
  PostalAddress,
  PropertiesChange,
  PublicationDraft,
  PublicationKind,
  RoleBatch,
  StaffRole,
  SuccessionDecision,
  TagChoices,
  UserFileText,
  VirtualAccountChange,
} from "./types";

// People
export const startSignIn = (mail: string) => answer(client.POST("/api/v1/sign_in/start", { body: { mail } }));
export const signIn = (mail: string, password: string) =>
  answer(client.POST("/api/v1/sign_in", { body: { mail, password } }));
export const signOut = () => answer(client.POST("/api/v1/sign_out", { body: {} }));
export const getMe = () => answer(client.GET("/api/v1/me"));
export const changeLanguage = (language: Language) => answer(client.PATCH("/api/v1/me", { body: { language } }));
export const getOneTimeLink = (token: string) =>
  answer(client.GET("/api/v1/one_time_links/{token}", { params: { path: { token } } }));
export const setPassword = (token: string, password: string) =>
  answer(client.POST("/api/v1/one_time_links/{token}", { params: { path: { token } }, body: { password } }));
export const getService = () => answer(client.GET("/api/v1/service"));
export const listCountries = () => answer(client.GET("/api/v1/countries"));
export const signUp = (body: NewSignUp) => answer(client.POST("/api/v1/sign_up", { body }));
export const sendSignUpMail = (handle: string) => answer(client.POST("/api/v1/sign_up/mail", { body: { handle } }));
export const activateAccount = (token: string, password: string) =>
  answer(client.POST("/api/v1/sign_up/activation", { body: { token, password } }));
export const acceptInvitation = (body: AcceptedInvitation) =>
  answer(client.POST("/api/v1/invitations/acceptance", { body }));
export const forgotPassword = (mail: string, language: Language) =>
  answer(client.POST("/api/v1/forgotten_passwords", { body: { mail, language } }));
export const changePassword = (current_password: string, password: string) =>
  answer(client.POST("/api/v1/me/password", { body: { current_password, password } }));
export const getMyMailChange = () => answer(client.GET("/api/v1/me/mail_change"));
export const askMailChange = (mail: string, current_password: string) =>
  answer(client.POST("/api/v1/me/mail_change", { body: { mail, current_password } }));
export const sendMailChangeMail = () => answer(client.POST("/api/v1/me/mail_change/mail", { body: {} }));
export const withdrawMailChange = () => answer(client.DELETE("/api/v1/me/mail_change"));
export const confirmMailChange = (token: string) =>
  answer(client.POST("/api/v1/mail_changes/confirmation", { body: { token } }));
export const listMySessions = (query: ListQuery) => answer(client.GET("/api/v1/me/sessions", { params: { query } }));
export const endMySession = (session_id: string) =>
  answer(client.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id } } }));
export const endMyOtherSessions = () => answer(client.DELETE("/api/v1/me/sessions"));
export const listMySignIns = (query: ListQuery) => answer(client.GET("/api/v1/me/sign_ins", { params: { query } }));

// Programs
export const listMyPrograms = () => answer(client.GET("/api/v1/me/programs"));
export const makeProgram = (sa: string | undefined, body: NewProgram, key: string) =>
  sa === undefined
    ? answer(client.POST("/api/v1/me/programs", { headers: once(key), body }))
    : answer(
        client.POST("/api/v1/smart_accounts/{smart_account_id}/programs", {
          params: account(sa),
          headers: once(key),
          body,
        }),
      );
export const changeProgram = (program_id: string, version: number, body: NewProgram) =>
  answer(
    client.PUT("/api/v1/me/programs/{program_id}", {
      params: { path: { program_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const endProgram = (program_id: string) =>
  answer(client.DELETE("/api/v1/me/programs/{program_id}", { params: { path: { program_id } } }));
export const makeProgramSecret = (program_id: string, overlap_hours: number, key: string) =>
  answer(
    client.POST("/api/v1/me/programs/{program_id}/secrets", {
      params: { path: { program_id } },
      headers: once(key),
      body: { overlap_hours },
    }),
  );
export const endProgramSecret = (program_id: string, program_secret_id: string) =>
  answer(
    client.DELETE("/api/v1/me/programs/{program_id}/secrets/{program_secret_id}", {
      params: { path: { program_id, program_secret_id } },
    }),
  );
export const listAccountPrograms = (sa: string, query: ListQuery) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/programs", { params: { ...account(sa), query } }));
export const endAccountProgram = (sa: string, program_id: string) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/programs/{program_id}", {
      params: { path: { smart_account_id: sa, program_id } },
    }),
  );

// One's own profile
export const getProfile = () => answer(client.GET("/api/v1/me/profile"));
export const changePersonalData = (version: number, body: PersonalData) =>
  answer(client.PUT("/api/v1/me/profile/personal", { params: { header: unchangedSince(version) }, body }));
export const changeCompanyData = (version: number, body: CompanyData) =>
  answer(client.PUT("/api/v1/me/profile/company", { params: { header: unchangedSince(version) }, body }));
export const listAddresses = () => answer(client.GET("/api/v1/me/addresses"));
export const addAddress = (body: NewAddress, key: string) =>
  answer(client.POST("/api/v1/me/addresses", { headers: once(key), body }));
export const changeAddress = (person_address_id: string, version: number, body: Omit<NewAddress, "acknowledged">) =>
  answer(
    client.PUT("/api/v1/me/addresses/{person_address_id}", {
      params: { path: { person_address_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const deleteAddress = (person_address_id: string, version: number) =>
  answer(
    client.DELETE("/api/v1/me/addresses/{person_address_id}", {
      params: { path: { person_address_id }, header: unchangedSince(version) },
    }),
  );
export const listRegions = (country: string) =>
  answer(client.GET("/api/v1/countries/{country}/regions", { params: { path: { country } } }));
export const findCompanies = (search: string) =>
  answer(client.GET("/api/v1/companies", { params: { query: { search } } }));

// Mails, where there is no mail server
export const listMails = (query: ListQuery) => answer(client.GET("/api/v1/mailbox", { params: { query } }));
export const getMail = (mail_id: string) =>
  answer(client.GET("/api/v1/mailbox/{mail_id}", { params: { path: { mail_id } } }));

// Accounts
export const listSmartAccounts = (query: ListQuery) =>
  answer(client.GET("/api/v1/smart_accounts", { params: { query } }));
export const getSmartAccount = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}", { params: account(sa) }));
export const getAccountProperties = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/properties", { params: account(sa) }));
export const changeAccountProperties = (sa: string, version: number, body: PropertiesChange) =>
  answer(
    client.PATCH("/api/v1/smart_accounts/{smart_account_id}/properties", {
      params: { ...account(sa), header: unchangedSince(version) },
      body,
    }),
  );
export const changeHeadquarters = (sa: string, version: number, body: PostalAddress) =>
  answer(
    client.PUT("/api/v1/smart_accounts/{smart_account_id}/headquarters", {
      params: { ...account(sa), header: unchangedSince(version) },
      body,
    }),
  );
export const changeAccountCreator = (sa: string, version: number, person_id: string) =>
  answer(
    client.PUT("/api/v1/smart_accounts/{smart_account_id}/creator", {
      params: { ...account(sa), header: unchangedSince(version) },
      body: { person_id },
    }),
  );
export const addLocation = (sa: string, version: number, body: PostalAddress, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/locations", {
      params: { ...account(sa), header: unchangedSince(version) },
      headers: once(key),
      body,
    }),
  );
export const removeLocation = (sa: string, site_number: number, version: number) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/locations/{site_number}", {
      params: { path: { smart_account_id: sa, site_number }, header: unchangedSince(version) },
    }),
  );
export const listVirtualAccounts = (sa: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts", { params: { ...account(sa), query } }),
  );
export const createVirtualAccount = (sa: string, body: NewVirtualAccount, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
export const getVirtualAccount = (sa: string, va: string) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}", {
      params: inside(sa, va),
    }),
  );
export const changeVirtualAccount = (sa: string, va: string, version: number, body: VirtualAccountChange) =>
  answer(
    client.PATCH("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}", {
      params: { ...inside(sa, va), header: unchangedSince(version) },
      body,
    }),
  );
// Without a parent it becomes one of the outermost.
export const moveVirtualAccount = (sa: string, va: string, version: number, parent_id: string | undefined) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/move", {
      params: { ...inside(sa, va), header: unchangedSince(version) },
      body: parent_id === undefined ? {} : { parent_id },
    }),
  );
export const makeDefaultVirtualAccount = (sa: string, va: string, version: number) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/default", {
      params: { ...inside(sa, va), header: unchangedSince(version) },
      body: {},
    }),
  );
export const setVirtualAccountTags = (sa: string, va: string, version: number, body: TagChoices) =>
  answer(
    client.PUT("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tags", {
      params: { ...inside(sa, va), header: unchangedSince(version) },
      body,
    }),
  );
export const listCustomTags = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/custom_tags", { params: account(sa) }));
export const createCustomTag = (sa: string, body: NewCustomTag, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/custom_tags", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
export const changeCustomTag = (sa: string, custom_tag_id: string, version: number, body: CustomTagChange) =>
  answer(
    client.PATCH("/api/v1/smart_accounts/{smart_account_id}/custom_tags/{custom_tag_id}", {
      params: { path: { smart_account_id: sa, custom_tag_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const deleteCustomTag = (sa: string, custom_tag_id: string, version: number) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/custom_tags/{custom_tag_id}", {
      params: { path: { smart_account_id: sa, custom_tag_id }, header: unchangedSince(version) },
    }),
  );
export const deleteVirtualAccount = (sa: string, va: string, version: number) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}", {
      params: { ...inside(sa, va), header: unchangedSince(version) },
    }),
  );
export const listUsers = (sa: string, query: ListQuery) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/users", { params: { ...account(sa), query } }));
export const grantRole = (sa: string, body: NewRoleGrant, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/role_grants", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
export const previewUserFile = (sa: string, body: UserFileText) =>
  answer(client.POST("/api/v1/smart_accounts/{smart_account_id}/user_file_previews", { params: account(sa), body }));
export const grantRoles = (sa: string, body: RoleBatch, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/role_grant_batches", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
export const sendInvitation = (sa: string, role_grant_id: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/role_grants/{role_grant_id}/invitation", {
      params: { path: { smart_account_id: sa, role_grant_id } },
      body: {},
    }),
  );
export const revokeRole = (sa: string, role_grant_id: string) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/role_grants/{role_grant_id}", {
      params: { path: { smart_account_id: sa, role_grant_id } },
    }),
  );
export const listUserGroups = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/user_groups", { params: account(sa) }));
export const createUserGroup = (sa: string, body: { name: string }, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/user_groups", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
const inGroup = (smart_account_id: string, user_group_id: string) => ({ path: { smart_account_id, user_group_id } });
export const renameUserGroup = (sa: string, group: string, version: number, name: string) =>
  answer(
    client.PATCH("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}", {
      params: { ...inGroup(sa, group), header: unchangedSince(version) },
      body: { name },
    }),
  );
export const deleteUserGroup = (sa: string, group: string, version: number) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}", {
      params: { ...inGroup(sa, group), header: unchangedSince(version) },
    }),
  );
export const listUserGroupMembers = (sa: string, group: string) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}/members", {
      params: inGroup(sa, group),
    }),
  );
export const addUserGroupMember = (sa: string, group: string, body: { mail: string }, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}/members", {
      params: inGroup(sa, group),
      headers: once(key),
      body,
    }),
  );
export const removeUserGroupMember = (smart_account_id: string, user_group_id: string, person_id: string) =>
  answer(
    client.DELETE("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}/members/{person_id}", {
      params: { path: { smart_account_id, user_group_id, person_id } },
    }),
  );
export const grantUserGroupRole = (sa: string, group: string, body: NewGroupGrant, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}/role_grants", {
      params: inGroup(sa, group),
      headers: once(key),
      body,
    }),
  );
export const revokeUserGroupRole = (smart_account_id: string, user_group_id: string, group_grant_id: string) =>
  answer(
    client.DELETE(
      "/api/v1/smart_accounts/{smart_account_id}/user_groups/{user_group_id}/role_grants/{group_grant_id}",
      { params: { path: { smart_account_id, user_group_id, group_grant_id } } },
    ),
  );

// Licenses
export const listOverview = (sa: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/overview", {
      params: { ...account(sa), query: filtered<"list_overview">(query) },
    }),
  );
export const listLicenses = (sa: string, va: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/licenses", {
      params: { ...inside(sa, va), query: filtered<"list_licenses">(query) },
    }),
  );
export const getLicense = (sa: string, va: string, entitlement_id: string) =>
  answer(
    client.GET(
      "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/licenses/{entitlement_id}",
      { params: { path: { ...inside(sa, va).path, entitlement_id } } },
    ),
  );

// Registration tokens
export const listTokens = (sa: string, va: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens", {
      params: { ...inside(sa, va), query },
    }),
  );
export const createToken = (sa: string, va: string, body: NewRegistrationToken, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens", {
      params: inside(sa, va),
      headers: once(key),
      body,
    }),
  );
export const getTokenText = (sa: string, va: string, registration_token_id: string) =>
  answer(
    client.GET(
      "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens/{registration_token_id}/text",
      { params: { path: { ...inside(sa, va).path, registration_token_id } } },
    ),
  );
export const revokeToken = (sa: string, va: string, registration_token_id: string) =>
  answer(
    client.POST(
      "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens/{registration_token_id}/revoke",
      { params: { path: { ...inside(sa, va).path, registration_token_id } }, body: {} },
    ),
  );

// Product instances
export const listDevices = (sa: string, va: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/devices", {
      params: { ...inside(sa, va), query: filtered<"list_devices">(query) },
    }),
  );
export const getDevice = (sa: string, va: string, device_id: string) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/devices/{device_id}", {
      params: { path: { ...inside(sa, va).path, device_id } },
    }),
  );
export const removeDevice = (sa: string, va: string, device_id: string) =>
  answer(
    client.DELETE(
      "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/devices/{device_id}",
      { params: { path: { ...inside(sa, va).path, device_id } } },
    ),
  );

// Events
export const listEvents = (sa: string, va: string | undefined, query: ListQuery) =>
  va === undefined
    ? answer(
        client.GET("/api/v1/smart_accounts/{smart_account_id}/events", {
          params: { ...account(sa), query: filtered<"list_account_events">(query) },
        }),
      )
    : answer(
        client.GET("/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/events", {
          params: { ...inside(sa, va), query: filtered<"list_virtual_account_events">(query) },
        }),
      );

// Opening Smart Accounts
export const getForecast = (domain: string, name: string) =>
  answer(
    client.GET("/api/v1/smart_account_forecast", { params: { query: name === "" ? { domain } : { domain, name } } }),
  );
export const foundSmartAccount = (body: Founding, key: string) =>
  answer(client.POST("/api/v1/smart_accounts", { headers: once(key), body }));
export const listMyAccountRequests = (query: ListQuery) =>
  answer(client.GET("/api/v1/account_requests", { params: { query } }));
export const getMyAccountRequest = (account_request_id: string) =>
  answer(client.GET("/api/v1/account_requests/{account_request_id}", { params: { path: { account_request_id } } }));
export const withdrawAccountRequest = (account_request_id: string) =>
  answer(
    client.POST("/api/v1/account_requests/{account_request_id}/withdrawal", {
      params: { path: { account_request_id } },
      body: {},
    }),
  );

// Asking for access to accounts of others
export const askForAccess = (body: NewAccessRequest, key: string) =>
  answer(client.POST("/api/v1/access_requests", { headers: once(key), body }));
export const listMyAccessRequests = (query: ListQuery) =>
  answer(client.GET("/api/v1/access_requests", { params: { query } }));
export const getMyAccessRequest = (access_request_id: string) =>
  answer(client.GET("/api/v1/access_requests/{access_request_id}", { params: { path: { access_request_id } } }));
export const withdrawAccessRequest = (access_request_id: string) =>
  answer(
    client.POST("/api/v1/access_requests/{access_request_id}/withdrawal", {
      params: { path: { access_request_id } },
      body: {},
    }),
  );
export const listAccessRequests = (sa: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/access_requests", {
      params: { ...account(sa), query: filtered<"list_access_requests">(query) },
    }),
  );
export const getAccessRequest = (sa: string, access_request_id: string) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/access_requests/{access_request_id}", {
      params: { path: { smart_account_id: sa, access_request_id } },
    }),
  );
export const decideAccessRequest = (sa: string, access_request_id: string, version: number, body: AccessDecision) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/access_requests/{access_request_id}/decision", {
      params: { path: { smart_account_id: sa, access_request_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const getContactSetting = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/administrator_contacts", { params: account(sa) }));
export const changeContactSetting = (sa: string, shown: boolean) =>
  answer(
    client.PUT("/api/v1/smart_accounts/{smart_account_id}/administrator_contacts", {
      params: account(sa),
      body: { shown },
    }),
  );

// Requests of others, to the administrators of an account or, without one, to the operator's staff.
export const listAccountRequests = (sa: string | undefined, query: ListQuery) =>
  sa === undefined
    ? answer(
        client.GET("/api/v1/operator/account_requests", {
          params: { query: filtered<"list_operator_account_requests">(query) },
        }),
      )
    : answer(
        client.GET("/api/v1/smart_accounts/{smart_account_id}/account_requests", {
          params: { ...account(sa), query: filtered<"list_account_requests">(query) },
        }),
      );
export const getAccountRequest = (sa: string | undefined, account_request_id: string) =>
  sa === undefined
    ? answer(
        client.GET("/api/v1/operator/account_requests/{account_request_id}", {
          params: { path: { account_request_id } },
        }),
      )
    : answer(
        client.GET("/api/v1/smart_accounts/{smart_account_id}/account_requests/{account_request_id}", {
          params: { path: { smart_account_id: sa, account_request_id } },
        }),
      );
interface Decision {
  decision: "approve" | "decline";
  reason?: string;
}
export const decideAccountRequest = (
  sa: string | undefined,
  account_request_id: string,
  version: number,
  body: Decision,
) => {
  const header = unchangedSince(version);
  return sa === undefined
    ? answer(
        client.POST("/api/v1/operator/account_requests/{account_request_id}/decision", {
          params: { path: { account_request_id }, header },
          body,
        }),
      )
    : answer(
        client.POST("/api/v1/smart_accounts/{smart_account_id}/account_requests/{account_request_id}/decision", {
          params: { path: { smart_account_id: sa, account_request_id }, header },
          body,
        }),
      );
};

// Agreements of a Smart Account
export const listAgreements = (sa: string, query: ListQuery) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/agreements", { params: { ...account(sa), query } }));
export const listAgreementAcceptances = (sa: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/agreement_acceptances", {
      params: { ...account(sa), query },
    }),
  );
const agreement = (smart_account_id: string, publication_id: string, edition: number) => ({
  path: { smart_account_id, publication_id, edition },
});
export const getAgreement = (sa: string, publication_id: string, edition: number) =>
  answer(
    client.GET("/api/v1/smart_accounts/{smart_account_id}/agreements/{publication_id}/editions/{edition}", {
      params: agreement(sa, publication_id, edition),
    }),
  );
export const acceptAgreement = (sa: string, publication_id: string, edition: number) =>
  answer(
    client.PUT("/api/v1/smart_accounts/{smart_account_id}/agreements/{publication_id}/editions/{edition}/acceptance", {
      params: agreement(sa, publication_id, edition),
      body: {},
    }),
  );

// Pages for everybody
export const getPage = (kind: PublicationKind) =>
  answer(client.GET("/api/v1/pages/{kind}", { params: { path: { kind } } }));
export const getPageEdition = (kind: PublicationKind, edition: number) =>
  answer(client.GET("/api/v1/pages/{kind}/editions/{edition}", { params: { path: { kind, edition } } }));
export const listPageEditions = (kind: PublicationKind, query: ListQuery) =>
  answer(client.GET("/api/v1/pages/{kind}/editions", { params: { path: { kind }, query } }));

// Operator
export const listPublications = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/publications", { params: { query } }));
export const createProductAgreement = (product_code: string, key: string) =>
  answer(client.POST("/api/v1/operator/publications", { headers: once(key), body: { product_code } }));
export const getPublication = (publication_id: string) =>
  answer(client.GET("/api/v1/operator/publications/{publication_id}", { params: { path: { publication_id } } }));
export const listPublicationEditions = (publication_id: string, query: ListQuery) =>
  answer(
    client.GET("/api/v1/operator/publications/{publication_id}/editions", {
      params: { path: { publication_id }, query },
    }),
  );
export const getPublicationEdition = (publication_id: string, edition: number) =>
  answer(
    client.GET("/api/v1/operator/publications/{publication_id}/editions/{edition}", {
      params: { path: { publication_id, edition } },
    }),
  );
export const savePublicationDraft = (publication_id: string, version: number, body: PublicationDraft) =>
  answer(
    client.PUT("/api/v1/operator/publications/{publication_id}/draft", {
      params: { path: { publication_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const discardPublicationDraft = (publication_id: string, version: number) =>
  answer(
    client.DELETE("/api/v1/operator/publications/{publication_id}/draft", {
      params: { path: { publication_id }, header: unchangedSince(version) },
    }),
  );
export const publishDraft = (publication_id: string, version: number) =>
  answer(
    client.POST("/api/v1/operator/publications/{publication_id}/publication", {
      params: { path: { publication_id }, header: unchangedSince(version) },
      body: {},
    }),
  );
export const getCatalogSummary = () => answer(client.GET("/api/v1/operator/catalog/summary"));
export const listCatalogEntitlements = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/catalog/entitlements", { params: { query } }));
export const listCatalogProducts = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/catalog/products", { params: { query } }));
export const listOperatorSmartAccounts = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/smart_accounts", { params: { query } }));
export const createSmartAccount = (body: NewSmartAccount, key: string) =>
  answer(client.POST("/api/v1/operator/smart_accounts", { headers: once(key), body }));
export const listStaff = (query: ListQuery) => answer(client.GET("/api/v1/operator/staff", { params: { query } }));
export const giveStaffRole = (body: NewStaffRole, key: string) =>
  answer(client.POST("/api/v1/operator/staff", { headers: once(key), body }));
const staffRole = ({ person_id, role }: StaffRole) => ({ path: { person_id, role } });
export const validateStaffRole = (role: StaffRole) =>
  answer(
    client.POST("/api/v1/operator/staff/{person_id}/roles/{role}/validation", { params: staffRole(role), body: {} }),
  );
export const endStaffRole = (role: StaffRole) =>
  answer(client.DELETE("/api/v1/operator/staff/{person_id}/roles/{role}", { params: staffRole(role) }));
export const lookUpPerson = (mail: string) => answer(client.POST("/api/v1/operator/person_lookup", { body: { mail } }));
export const getAssistance = (sa: string) =>
  answer(client.GET("/api/v1/operator/smart_accounts/{smart_account_id}/assistance", { params: account(sa) }));
export const endAssistance = (sa: string) =>
  answer(client.DELETE("/api/v1/operator/smart_accounts/{smart_account_id}/assistance", { params: account(sa) }));
export const openAssistance = (sa: string, reason: string, key: string) =>
  answer(
    client.POST("/api/v1/operator/smart_accounts/{smart_account_id}/assistance", {
      params: account(sa),
      headers: once(key),
      body: { reason },
    }),
  );
export const listAssistedUsers = (sa: string, query: ListQuery) =>
  answer(client.GET("/api/v1/operator/smart_accounts/{smart_account_id}/users", { params: { ...account(sa), query } }));
export const endAssistedGrant = (sa: string, role_grant_id: string) =>
  answer(
    client.DELETE("/api/v1/operator/smart_accounts/{smart_account_id}/role_grants/{role_grant_id}", {
      params: { path: { smart_account_id: sa, role_grant_id } },
    }),
  );
export const nameAssistedAdministrator = (sa: string, mail: string, key: string) =>
  answer(
    client.POST("/api/v1/operator/smart_accounts/{smart_account_id}/administrators", {
      params: account(sa),
      headers: once(key),
      body: { mail },
    }),
  );
export const listImportJobs = (query: ListQuery) => answer(client.GET("/api/v1/operator/jobs", { params: { query } }));

// A file of what a list shows, with the same filters; the browser downloads it by a link.
export function csvAddress(
  sa: string,
  va: string | undefined,
  list: "licenses" | "devices" | "events",
  query: ListQuery,
) {
  const base = `/api/v1/smart_accounts/${encodeURIComponent(sa)}`;
  const middle = va === undefined ? "" : `/virtual_accounts/${encodeURIComponent(va)}`;
  const filters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && name !== "cursor" && name !== "limit") filters.set(name, String(value));
  }
  const text = filters.toString();
  return `${base}${middle}/${list}.csv${text === "" ? "" : `?${text}`}`;
}

export const streamAddress = (sa: string) => `/api/v1/smart_accounts/${encodeURIComponent(sa)}/stream`;

// Enquiries
export const sendEnquiry = (body: NewEnquiry, key: string) =>
  answer(client.POST("/api/v1/enquiries", { headers: once(key), body }));
export const listMyEnquiries = (query: ListQuery) => answer(client.GET("/api/v1/enquiries", { params: { query } }));
export const getMyEnquiry = (enquiry_id: string) =>
  answer(client.GET("/api/v1/enquiries/{enquiry_id}", { params: { path: { enquiry_id } } }));
export const writeOnMyEnquiry = (enquiry_id: string, text: string, key: string) =>
  answer(
    client.POST("/api/v1/enquiries/{enquiry_id}/questions", {
      params: { path: { enquiry_id } },
      headers: once(key),
      body: { text },
    }),
  );
export const listEnquiries = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/enquiries", { params: { query: filtered<"list_operator_enquiries">(query) } }));
export const getEnquiry = (enquiry_id: string) =>
  answer(client.GET("/api/v1/operator/enquiries/{enquiry_id}", { params: { path: { enquiry_id } } }));
export const answerEnquiry = (enquiry_id: string, version: number, text: string) =>
  answer(
    client.POST("/api/v1/operator/enquiries/{enquiry_id}/answers", {
      params: { path: { enquiry_id }, header: unchangedSince(version) },
      body: { text },
    }),
  );
export const closeEnquiry = (enquiry_id: string, version: number) =>
  answer(
    client.POST("/api/v1/operator/enquiries/{enquiry_id}/closing", {
      params: { path: { enquiry_id }, header: unchangedSince(version) },
      body: {},
    }),
  );

// Successions
export const askForSuccession = (body: NewSuccession, key: string) =>
  answer(client.POST("/api/v1/successions", { headers: once(key), body }));
export const listMySuccessions = (query: ListQuery) => answer(client.GET("/api/v1/successions", { params: { query } }));
export const getMySuccession = (succession_id: string) =>
  answer(client.GET("/api/v1/successions/{succession_id}", { params: { path: { succession_id } } }));
export const withdrawSuccession = (succession_id: string) =>
  answer(
    client.POST("/api/v1/successions/{succession_id}/withdrawal", { params: { path: { succession_id } }, body: {} }),
  );
export const listSuccessions = (query: ListQuery) =>
  answer(
    client.GET("/api/v1/operator/successions", { params: { query: filtered<"list_operator_successions">(query) } }),
  );
export const getSuccession = (succession_id: string) =>
  answer(client.GET("/api/v1/operator/successions/{succession_id}", { params: { path: { succession_id } } }));
export const decideSuccession = (succession_id: string, version: number, body: SuccessionDecision) =>
  answer(
    client.POST("/api/v1/operator/successions/{succession_id}/decision", {
      params: { path: { succession_id }, header: unchangedSince(version) },
      body,
    }),
  );
export const getAnnouncedSuccession = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/succession", { params: account(sa) }));
export const objectToSuccession = (sa: string, succession_id: string, text: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/succession/{succession_id}/objections", {
      params: { path: { smart_account_id: sa, succession_id } },
      body: { text },
    }),
  );
