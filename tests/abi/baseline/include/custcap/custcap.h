/**
 * @file custcap.h
 * @brief libcustcap: customer capital, kept and answered for exactly.
 *
 * Includes every noun.  custcap(7) says where to start.
 */
#ifndef CUSTCAP_CUSTCAP_H
#define CUSTCAP_CUSTCAP_H

#include <custcap/arrow.h>
#include <custcap/batch.h>
#include <custcap/ledger.h>
#include <custcap/model.h>
#include <custcap/query.h>
#include <custcap/snapshot.h>
#include <custcap/status.h>
#include <custcap/table.h>
#include <custcap/taxonomy.h>

#endif
