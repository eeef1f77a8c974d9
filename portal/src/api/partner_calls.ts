// The calls about partners' requests of Smart Accounts for their customers.

import { answer, client } from "./client";
import { type ListQuery, once } from "./parameters";
import type { NewPartnerRequest, PartnerRequestAcceptance } from "./types";

export const askForCustomer = (body: NewPartnerRequest, key: string) =>
  answer(client.POST("/api/v1/partner_requests", { headers: once(key), body }));
export const listMyPartnerRequests = (query: ListQuery) =>
  answer(client.GET("/api/v1/partner_requests", { params: { query } }));
export const getMyPartnerRequest = (partner_request_id: string) =>
  answer(client.GET("/api/v1/partner_requests/{partner_request_id}", { params: { path: { partner_request_id } } }));
export const withdrawPartnerRequest = (partner_request_id: string) =>
  answer(
    client.POST("/api/v1/partner_requests/{partner_request_id}/withdrawal", {
      params: { path: { partner_request_id } },
      body: {},
    }),
  );
export const listReceivedPartnerRequests = (query: ListQuery) =>
  answer(client.GET("/api/v1/received_partner_requests", { params: { query } }));
export const getReceivedPartnerRequest = (partner_request_id: string) =>
  answer(
    client.GET("/api/v1/received_partner_requests/{partner_request_id}", { params: { path: { partner_request_id } } }),
  );
export const acceptPartnerRequest = (partner_request_id: string, body: PartnerRequestAcceptance, key: string) =>
  answer(
    client.POST("/api/v1/received_partner_requests/{partner_request_id}/acceptance", {
      params: { path: { partner_request_id } },
      headers: once(key),
      body,
    }),
  );
export const declinePartnerRequest = (partner_request_id: string, reason: string) =>
  answer(
    client.POST("/api/v1/received_partner_requests/{partner_request_id}/refusal", {
      params: { path: { partner_request_id } },
      body: reason === "" ? {} : { reason },
    }),
  );
