#pragma once

namespace gui
{

class Actions;
class DeviceWatch;
class EngineBridge;
class Library;
class LogModel;
class Metrics;
class ModelSession;
class ServerHost;
class Settings;

/// What the pages share. Everything is owned by Application and outlives the window.
struct Services {
    EngineBridge &bridge;
    Actions &actions;
    Settings &settings;
    ModelSession &session;
    Metrics &metrics;
    LogModel &log;
    Library &library;
    ServerHost &server;
    DeviceWatch &devices;
};

} // namespace gui
