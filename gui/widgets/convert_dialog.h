#pragma once

#include "engine/events.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace gui
{

class EngineBridge;
class MessageBar;

/// Writes a model in another format: chosen, followed, cancelled. Closing it ends what it began. Thread: GUI.
class ConvertDialog final : public QDialog
{
    Q_OBJECT

public:
    ConvertDialog(EngineBridge &bridge, const engine::ModelInfo &model, QWidget *parent = nullptr);

    /// Cancels what runs.
    void done(int result) override;

Q_SIGNALS:
    void converted(const QString &path);

private:
    void build();
    void fillTypes();
    void proposePath();
    void choosePath();
    void start();
    void handle(const engine::Event &event);
    void updateButtons();

    EngineBridge &m_bridge;
    const engine::ModelInfo m_model;
    engine::JobId m_job = 0;
    QString m_written;
    bool m_mayReplace = false; ///< the user chose this file in a dialog that asked

    QComboBox *m_format;
    QComboBox *m_type;
    QLineEdit *m_path;
    QPushButton *m_browse;
    QProgressBar *m_progress;
    QLabel *m_state;
    MessageBar *m_message;
    QPushButton *m_start;
    QPushButton *m_close;
};

} // namespace gui
